"""Children's reports go to moderators who are trained for them.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nobody is trained until somebody says so: accounts there are see no child's report.
    trained = sa.Column(
        "trained",
        sa.Boolean(),
        nullable=False,
        server_default=sa.false(),
        comment="may read what children tell",
    )
    op.add_column("accounts", trained, schema="farola")


def downgrade() -> None:
    op.drop_column("accounts", "trained", schema="farola")
