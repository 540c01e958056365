"""${message}.

Rules: works with the previous release of the code (add first, remove a release later);
short locks (lock_timeout and statement_timeout are set by env.py, a statement that needs
longer says so with op.execute("set local statement_timeout = ...")); no data is lost on
the way; every new column that could hold personal data has its reason in its comment and
its place in the retention schedule; every new table leads with city_id and has forced
row-level security.

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
