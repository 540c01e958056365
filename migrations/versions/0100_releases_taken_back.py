"""A release can be taken back by two people, and the map of a quarter drawn once more from its reserve.

Staff ask and agree; workers alone draw, and mark what was taken back. Bytes and budgets of a release that
was drawn are changed by nobody.

Revision ID: 0100
Revises: 0091
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0100"
down_revision = "0091"
branch_labels = None
depends_on = None

_STATES = ("asked", "granted", "refused", "lapsed", "done")
_BY_CITY = "city_id = current_setting('farola.city', true)"


def upgrade() -> None:
    states = ", ".join(f"'{one}'" for one in _STATES)
    op.create_table(
        "withdrawals",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, comment="a code"),
        sa.Column(
            "corrects", sa.Boolean(), nullable=False,
            comment="whether the reserve is spent on a release that stands instead",
        ),
        sa.Column(
            "state",
            sa.Enum(*_STATES, name="withdrawalstate", native_enum=False, length=32, create_constraint=False),
            nullable=False,
        ),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column(
            "until", sa.DateTime(timezone=True), nullable=False, comment="until when it can be answered"
        ),
        sa.CheckConstraint(f"state in ({states})", name=op.f("ck_withdrawals_withdrawalstate")),
        sa.CheckConstraint(
            "answered_by is null or answered_by <> asked_by", name=op.f("ck_withdrawals_two_people")
        ),
        sa.CheckConstraint(
            "state not in ('granted', 'refused', 'done') or answered_by is not null",
            name=op.f("ck_withdrawals_answered"),
        ),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_withdrawals")),
        schema="farola",
    )  # fmt: skip
    op.create_index(
        "uq_withdrawals_one",
        "withdrawals",
        ["city_id", "layer", "period"],
        unique=True,
        schema="farola",
        postgresql_where=sa.text("state in ('asked', 'granted', 'done')"),
    )
    op.execute("alter table farola.withdrawals enable row level security")
    op.execute("alter table farola.withdrawals force row level security")
    op.execute(f"create policy by_city on farola.withdrawals using ({_BY_CITY}) with check ({_BY_CITY})")
    op.execute("grant select, insert on farola.withdrawals to farola_staff")
    op.execute("grant update (state, answered_by, until) on farola.withdrawals to farola_staff")
    op.execute("grant select, update (state) on farola.withdrawals to farola_worker")
    op.execute("grant update (withdrawn_at, withdrawn_note) on farola.ledger to farola_worker")


def downgrade() -> None:
    op.execute("revoke update (withdrawn_at, withdrawn_note) on farola.ledger from farola_worker")
    op.drop_table("withdrawals", schema="farola")
