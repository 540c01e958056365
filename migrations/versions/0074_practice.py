"""Moderators practise on invented cases, and what a month's reports came to is counted by area, language and kind.

Revision ID: 0074
Revises: 0080
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0074"
down_revision = "0080"
branch_labels = None
depends_on = None

_BY_CITY = "city_id = current_setting('farola.city', true)"
_VERDICTS = (
    "approve", "reject", "duplicate", "ask", "escalate", "forward", "reverse",
)  # fmt: skip
# The lag of a city that is already there is counted from now on.
_BEGIN = """
do $$
declare
    the_city text;
begin
    for the_city in select c.city_id from farola.cities c loop
        perform set_config('farola.city', the_city, true);
        insert into farola.forgotten (city_id, item, until, erased)
        values (the_city, 'closings', now(), 0) on conflict do nothing;
    end loop;
    perform set_config('farola.city', '', true);
end $$
"""
# The previous release would take what it does not know for late.
_END = """
do $$
declare
    the_city text;
begin
    for the_city in select c.city_id from farola.cities c loop
        perform set_config('farola.city', the_city, true);
        delete from farola.forgotten f where f.city_id = the_city and f.item = 'closings';
    end loop;
    perform set_config('farola.city', '', true);
end $$
"""


def upgrade() -> None:
    verdicts = ", ".join(f"'{one}'" for one in _VERDICTS)
    op.create_table(
        "practice_answers",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False, comment="a code"),
        sa.Column(
            "verdict",
            sa.Enum(*_VERDICTS, name="verdict", native_enum=False, length=32, create_constraint=False),
            nullable=False,
        ),
        sa.Column("categories", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True, comment="a code"),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.CheckConstraint(f"verdict in ({verdicts})", name=op.f("ck_practice_answers_verdict")),
        sa.ForeignKeyConstraint(
            ["city_id", "account_id"], ["farola.accounts.city_id", "farola.accounts.id"],
            name=op.f("fk_practice_answers_city_id_accounts"), ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "account_id", "case", name=op.f("pk_practice_answers")),
        schema="farola",
    )  # fmt: skip
    op.create_table(
        "closings",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False, comment="area, language or kind; until, for the day that was counted last"),
        sa.Column(
            "value", sa.Text(), nullable=False, comment="a code; nothing where it is unknown"
        ),
        sa.Column("approved", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("city_id", "month", "by", "value", name=op.f("pk_closings")),
        schema="farola",
    )  # fmt: skip
    for column in ("verdict", "categories", "reason", "answered_on"):
        op.execute(f"alter table farola.practice_answers alter column {column} set statistics 0")
    for table in ("practice_answers", "closings"):
        op.execute(f"alter table farola.{table} enable row level security")
        op.execute(f"alter table farola.{table} force row level security")
        op.execute(f"create policy by_city on farola.{table} using ({_BY_CITY}) with check ({_BY_CITY})")
        op.execute(f"grant select on farola.{table} to farola_staff")
    op.execute("grant insert on farola.practice_answers to farola_staff")
    # Accounts that left are deleted by the workers, and what they practised goes with them.
    op.execute("grant select, insert, update, delete on farola.closings to farola_worker")
    op.execute(_BEGIN)


def downgrade() -> None:
    op.execute(_END)
    op.drop_table("closings", schema="farola")
    op.drop_table("practice_answers", schema="farola")
