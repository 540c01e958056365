"""A city can say what it did in an area: notes that staff write, and everybody reads once they are published.

The residents' login reads published notes alone, and not who wrote them.

Revision ID: 0080
Revises: 0100
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0080"
down_revision = "0100"
branch_labels = None
depends_on = None

_STATES = ("draft", "published", "withdrawn")
_BY_CITY = "city_id = current_setting('farola.city', true)"
_PUBLIC = "city_id, id, area, period, day, texts, state, published_on"


def upgrade() -> None:
    states = ", ".join(f"'{one}'" for one in _STATES)
    op.create_table(
        "city_notes",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False, comment="a code"),
        sa.Column("period", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column(
            "texts", postgresql.JSONB(), nullable=False,
            comment="public words of the city by language, written to be published; blanked when taken back",
        ),
        sa.Column(
            "state",
            sa.Enum(*_STATES, name="notestate", native_enum=False, length=32, create_constraint=False),
            nullable=False,
        ),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.CheckConstraint(f"state in ({states})", name=op.f("ck_city_notes_notestate")),
        sa.CheckConstraint("num_nonnulls(period, day) = 1", name=op.f("ck_city_notes_one_time")),
        sa.CheckConstraint("state <> 'withdrawn' or texts = '{}'", name=op.f("ck_city_notes_taken_back")),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_city_notes")),
        schema="farola",
    )  # fmt: skip
    # What was taken back must not live on in the planner's samples.
    op.execute("alter table farola.city_notes alter column texts set statistics 0")
    op.execute("alter table farola.city_notes enable row level security")
    op.execute("alter table farola.city_notes force row level security")
    op.execute(f"create policy by_city on farola.city_notes using ({_BY_CITY}) with check ({_BY_CITY})")
    op.execute(
        "create policy published_alone on farola.city_notes as restrictive for select to farola_residents"
        " using (state = 'published')"
    )
    op.execute(f"grant select ({_PUBLIC}) on farola.city_notes to farola_residents")
    op.execute("grant select, insert on farola.city_notes to farola_staff")
    op.execute("grant update (texts, state, published_on) on farola.city_notes to farola_staff")


def downgrade() -> None:
    op.drop_table("city_notes", schema="farola")
