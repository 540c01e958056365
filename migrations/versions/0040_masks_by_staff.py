"""Staff may change a photo's masks, which hides its picture until a worker has made it anew.

They may set no other state: a picture is shown only after a worker proved it. Whether the original
still exists they are told by a function, because its pieces are not theirs to read.

Revision ID: 0040
Revises: 0030
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0030"
branch_labels = None
depends_on = None

_FUNCTION = """
create function farola.original_kept(the_report uuid, the_name text) returns boolean
language sql stable security definer set search_path = farola, public, pg_temp as $$
    select exists (
        select 1 from photo_chunks c
        where c.city_id = city() and c.report_id = the_report and c.name = the_name)
$$
"""


def upgrade() -> None:
    op.execute(_FUNCTION)
    op.execute("revoke execute on function farola.original_kept(uuid, text) from public")
    op.execute("grant execute on function farola.original_kept(uuid, text) to farola_staff")
    op.execute(
        "create policy masks_by_staff on farola.photos as restrictive for update to farola_staff "
        "using (state in ('redacted', 'received') and public_blob is not null) "
        "with check (state = 'received' and masks is not null)"
    )
    op.execute("grant update (masks, state) on farola.photos to farola_staff")
    op.create_index(
        "ix_photos_to_remake",
        "photos",
        ["city_id", "report_id"],
        schema="farola",
        postgresql_where=sa.text("state = 'received' and masks is not null"),
    )


def downgrade() -> None:
    op.drop_index("ix_photos_to_remake", "photos", schema="farola")
    op.execute("revoke update (masks, state) on farola.photos from farola_staff")
    op.execute("drop policy masks_by_staff on farola.photos")
    op.execute("drop function farola.original_kept(uuid, text)")
