"""Staff may seal notes for each other: insert into `sealed`, and nothing but notes.

A note is words about a report, so it belongs beside the public half and under its key,
and goes when that key goes. Ciphertexts that are there can be neither changed nor removed.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "create policy notes_by_staff on farola.sealed as restrictive for insert to farola_staff "
        "with check (field = 'note' and key_class = 'public')"
    )
    op.execute("grant insert on farola.sealed to farola_staff")


def downgrade() -> None:
    op.execute("revoke insert on farola.sealed from farola_staff")
    op.execute("drop policy notes_by_staff on farola.sealed")
