"""Reports that belong together are found: by a keyed sketch of their redacted words, and by their cell.

Only workers write and read sketches. They go with the redacted words, and at once when a report is
withdrawn; so do the codes of what was flagged.

Revision ID: 0070
Revises: 0074
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0070"
down_revision = "0074"
branch_labels = None
depends_on = None

_WAITING = "'in_review', 'quarantined', 'second_look', 'escalated', 'appealed'"
_BY_CITY = "city_id = current_setting('farola.city', true)"
# A trigger of its own: the function that forgets the rest of a withdrawn report stays as it is. It also
# fires where the previous release, which knows no sketches, leaves a tombstone.
_FORGET = """
create function farola.forget_likeness() returns trigger
language plpgsql security definer set search_path = farola, public, pg_temp as $$
begin
    delete from likenesses l where l.city_id = new.city_id and l.report_id = new.id;
    new.flags := '{}';
    return new;
end $$
"""
_TRIGGER = """
create trigger forget_likeness before update of state, erased_on on farola.reports for each row
when ((new.state = 'withdrawn' and old.state <> 'withdrawn') or (new.erased_on is not null and old.erased_on is null))
execute function farola.forget_likeness()
"""


def upgrade() -> None:
    # These two read the whole table and stop writing, not reading, meanwhile: minutes with many millions.
    op.execute("set local statement_timeout = '20min'")
    op.create_index("ix_reports_received", "reports", ["city_id", "received_on"], schema="farola")
    op.create_index(
        "ix_reports_near",
        "reports",
        ["city_id", "cell", sa.text("received_on desc"), "id"],
        schema="farola",
        postgresql_where=sa.text("cell is not null"),
    )
    op.add_column(
        "reports",
        sa.Column(
            "flags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False,
            comment="codes of what is proposed to be looked at; readable, because the queue is filtered by them",
        ),
        schema="farola",
    )  # fmt: skip
    op.create_table(
        "likenesses",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column(
            "band", sa.BigInteger(), nullable=False,
            comment="keyed hash, readable so that like can be looked up; only workers know the key",
        ),
        sa.Column(
            "received_on", sa.Date(), nullable=False,
            comment="of the report, so that the newest are read first",
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "report_id"],
            ["farola.reports.city_id", "farola.reports.id"],
            name=op.f("fk_likenesses_city_id_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "report_id", "band", name=op.f("pk_likenesses")),
        schema="farola",
    )  # fmt: skip
    op.create_index(
        "ix_likenesses_newest",
        "likenesses",
        ["city_id", "band", sa.text("received_on desc"), "report_id"],
        schema="farola",
    )
    op.execute("alter table farola.likenesses enable row level security")
    op.execute("alter table farola.likenesses force row level security")
    op.execute(f"create policy by_city on farola.likenesses using ({_BY_CITY}) with check ({_BY_CITY})")
    op.execute("grant select, insert, delete on farola.likenesses to farola_worker")
    op.execute("alter table farola.likenesses alter column band set statistics 0")
    op.execute("alter table farola.reports alter column flags set statistics 0")
    op.execute(_FORGET)
    op.execute(_TRIGGER)
    op.create_index(
        "ix_reports_flagged",
        "reports",
        ["city_id", "area", sa.text("urgency desc"), "received_on", "id"],
        schema="farola",
        postgresql_where=sa.text(f"state in ({_WAITING}) and flags <> '{{}}'"),
    )
    op.execute("set local statement_timeout = '30s'")


def downgrade() -> None:
    for name in ("ix_reports_near", "ix_reports_flagged", "ix_reports_received"):
        op.drop_index(name, "reports", schema="farola")
    op.execute("drop trigger forget_likeness on farola.reports")
    op.execute("drop function farola.forget_likeness()")
    op.drop_table("likenesses", schema="farola")
    op.drop_column("reports", "flags", schema="farola")
