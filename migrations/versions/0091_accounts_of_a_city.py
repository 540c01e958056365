"""An account may be bound to a subject of its city's OpenID provider; only a keyed hash of it is kept.

Revision ID: 0091
Revises: 0090
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0091"
down_revision = "0090"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column(
        "subject_hash",
        sa.LargeBinary(),
        nullable=True,
        comment="keyed hash of who this is at the city's OpenID provider",
    )
    op.add_column("accounts", column, schema="farola")
    op.create_index(
        "uq_accounts_subject", "accounts", ["city_id", "subject_hash"], unique=True, schema="farola"
    )
    # What is erased on its day must not live on as a sample that ANALYZE took.
    op.execute("alter table farola.accounts alter column subject_hash set statistics 0")


def downgrade() -> None:
    op.drop_index("uq_accounts_subject", "accounts", schema="farola")
    op.drop_column("accounts", "subject_hash", schema="farola")
