"""The residents' login can only add reports that are fresh: no state and no day that skips review.

Whoever stole that login could otherwise write a report as approved, and so onto the map.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_FUNCTION = """
create function farola.only_fresh() returns trigger
language plpgsql set search_path = farola, public, pg_temp as $$
begin
    if session_user = 'farola_residents' and (
        new.state not in ('received', 'awaiting_photos')
        or new.countable_on is not null or new.primary_group is not null or new.closed_on is not null
        or new.labels <> '[]' or new.counted_in <> '{}' or new.claimed_by is not null
    ) then
        raise exception 'only fresh reports can be added' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$
"""


def upgrade() -> None:
    op.execute(_FUNCTION)
    op.execute("revoke execute on function farola.only_fresh() from public")
    op.execute(
        "create trigger only_fresh before insert on farola.reports "
        "for each row execute function farola.only_fresh()"
    )


def downgrade() -> None:
    op.execute("drop trigger only_fresh on farola.reports")
    op.execute("drop function farola.only_fresh()")
