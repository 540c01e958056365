"""Forgetting by a schedule: the day a report became a tombstone, and when each item was last complete.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_BY_CITY = "city_id = current_setting('farola.city', true)"

# The lag of a city that is already there is counted from now on. City by city, because the owner
# may be held by row-level security as well.
_BEGIN = """
do $$
declare
    the_city text;
begin
    for the_city in select c.city_id from farola.cities c loop
        perform set_config('farola.city', the_city, true);
        insert into farola.forgotten (city_id, item, until, erased)
        select the_city, i, now(), 0
        from unnest(array['point', 'words', 'photos', 'public_half', 'receipt', 'private_keys']) i;
    end loop;
    perform set_config('farola.city', '', true);
end $$
"""


def upgrade() -> None:
    op.create_table(
        "forgotten",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False, comment="as in the retention schedule"),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased", sa.BigInteger(), nullable=False, comment="how many in all, for the operator"),
        sa.PrimaryKeyConstraint("city_id", "item", name=op.f("pk_forgotten")),
        schema="farola",
    )
    op.execute("alter table farola.forgotten enable row level security")
    op.execute("alter table farola.forgotten force row level security")
    op.execute(f"create policy by_city on farola.forgotten using ({_BY_CITY}) with check ({_BY_CITY})")
    op.execute("grant select on farola.forgotten to farola_residents, farola_staff, farola_worker")
    op.execute("grant insert, update on farola.forgotten to farola_worker")
    op.execute(_BEGIN)
    op.execute("grant update (categories, primary_group) on farola.decisions to farola_worker")
    op.add_column(
        "reports",
        sa.Column("erased_on", sa.Date(), nullable=True, comment="only a tombstone is left from this day on"),
        schema="farola",
    )


def downgrade() -> None:
    op.drop_column("reports", "erased_on", schema="farola")
    op.execute("revoke update (categories, primary_group) on farola.decisions from farola_worker")
    op.drop_table("forgotten", schema="farola")
