"""Second factors of staff, how far a log-in has come, and how many wrong tries there were.

A session of the previous release counts as complete, and as proven long ago.

Revision ID: 0090
Revises: 0050
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0090"
down_revision = "0050"
branch_labels = None
depends_on = None

_BY_CITY = "city_id = current_setting('farola.city', true)"
_STAFF = {"factors": "select, insert, update, delete", "tries": "select, insert, update, delete"}
# What is erased on its day must not live on as a sample that ANALYZE took.
_ERASED = (
    ("factors", "sealed"), ("factors", "credential_id"), ("factors", "public_key"), ("tries", "slot"),
    ("sessions", "challenge"),
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "factors",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column(
            "sealed",
            sa.LargeBinary(),
            nullable=True,
            comment="secret of an authenticator app, under a key of the staff's door",
        ),
        sa.Column("credential_id", sa.LargeBinary(), nullable=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=True, comment="COSE key of a security key"),
        sa.Column(
            "counter", sa.BigInteger(), nullable=False, comment="of the last code or signature that was taken"
        ),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.CheckConstraint("kind IN ('totp', 'key')", name="factorkind"),
        sa.ForeignKeyConstraint(
            ["city_id", "account_id"],
            ["farola.accounts.city_id", "farola.accounts.id"],
            name=op.f("fk_factors_city_id_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_factors")),
        sa.UniqueConstraint("city_id", "credential_id", name=op.f("uq_factors_city_id_credential_id")),
        schema="farola",
    )
    op.create_index("ix_factors_account_id", "factors", ["city_id", "account_id"], schema="farola")
    op.create_table(
        "tries",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("slot", sa.LargeBinary(), nullable=False, comment="keyed hash of who is tried"),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("city_id", "slot", name=op.f("pk_tries")),
        schema="farola",
    )
    for table, verbs in _STAFF.items():
        op.execute(f"alter table farola.{table} enable row level security")
        op.execute(f"alter table farola.{table} force row level security")
        op.execute(f"create policy by_city on farola.{table} using ({_BY_CITY}) with check ({_BY_CITY})")
        op.execute(f"grant {verbs} on farola.{table} to farola_staff")
    op.execute("grant select, delete on farola.tries to farola_worker")
    for column in (
        sa.Column("step", sa.String(32), nullable=False, server_default="done"),
        sa.Column(
            "proven_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when its holder last proved who they are",
        ),
        sa.Column(
            "challenge", sa.LargeBinary(), nullable=True, comment="what a security key is to sign next, once"
        ),
    ):
        op.add_column("sessions", column, schema="farola")
    for table, column in _ERASED:
        op.execute(f"alter table farola.{table} alter column {column} set statistics 0")
    op.create_check_constraint(
        op.f("ck_sessions_step"), "sessions", "step IN ('factor', 'enrol', 'done')", schema="farola"
    )


def downgrade() -> None:
    # The previous release would take a log-in that waits for its second factor for a complete one.
    op.execute("alter table farola.sessions no force row level security")
    op.execute("delete from farola.sessions where step <> 'done'")
    op.execute("alter table farola.sessions force row level security")
    op.drop_constraint(op.f("ck_sessions_step"), "sessions", schema="farola")
    for name in ("challenge", "proven_at", "step"):
        op.drop_column("sessions", name, schema="farola")
    op.drop_table("tries", schema="farola")
    op.drop_index("ix_factors_account_id", "factors", schema="farola")
    op.drop_table("factors", schema="farola")
