"""What moderators decided becomes training data: redacted words and labels, sealed to a key pair of their own.

Nothing is kept for a city without such a key. A row goes with its report, by schedule, and at once when
the report is withdrawn or its approval is taken back. `drift` holds numbers of a model and a week.

Revision ID: 0072
Revises: 0070
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0072"
down_revision = "0070"
branch_labels = None
depends_on = None

_BY_CITY = "city_id = current_setting('farola.city', true)"
_TABLES = ("training_keys", "training", "drift")
# What is erased on its day must not live on as a sample that ANALYZE took.
_NOT_SAMPLED = (
    ("training", "wrapped"), ("training", "ciphertext"), ("training_keys", "public_key"), ("drift", "reference"),
)  # fmt: skip

_FUNCTIONS = """
-- What stands approved no more is nothing to learn from: taken back by staff, withdrawn, or a tombstone,
-- which the previous release leaves without knowing of this table.
create function farola.forget_training() returns trigger
language plpgsql security definer set search_path = farola, public, pg_temp as $$
begin
    delete from training t where t.city_id = new.city_id and t.report_id = new.id;
    return null;
end $$;

create trigger forget_training after update of state, erased_on on farola.reports for each row
when ((new.state is distinct from old.state and new.state not in ('approved', 'counted'))
      or (new.erased_on is not null and old.erased_on is null))
execute function farola.forget_training();
"""
# The lag of a city that is already there is counted from now on.
_BEGIN = """
do $$
declare
    the_city text;
begin
    for the_city in select c.city_id from farola.cities c loop
        perform set_config('farola.city', the_city, true);
        insert into farola.forgotten (city_id, item, until, erased)
        values (the_city, 'training', now(), 0) on conflict do nothing;
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
        delete from farola.forgotten f where f.city_id = the_city and f.item = 'training';
    end loop;
    perform set_config('farola.city', '', true);
end $$
"""


def upgrade() -> None:
    _make_tables()
    for table in _TABLES:
        op.execute(f"alter table farola.{table} enable row level security")
        op.execute(f"alter table farola.{table} force row level security")
        op.execute(f"create policy by_city on farola.{table} using ({_BY_CITY}) with check ({_BY_CITY})")
    # Staff put in and take out, and cannot read; who trains has the owner's login and the private key.
    op.execute("grant select on farola.training_keys to farola_staff")
    op.execute("grant insert, delete on farola.training to farola_staff")
    op.execute("grant select (city_id, report_id) on farola.training to farola_staff, farola_worker")
    op.execute("grant delete on farola.training to farola_worker")
    # The metrics stand at every door and need no more than these.
    told = "city_id, divergence, score_shift, corrected"
    op.execute(f"grant select ({told}) on farola.drift to farola_residents, farola_staff")
    op.execute("grant select on farola.drift to farola_worker")
    op.execute("grant insert, update, delete on farola.drift to farola_worker")
    for table, column in _NOT_SAMPLED:
        op.execute(f"alter table farola.{table} alter column {column} set statistics 0")
    op.execute(_FUNCTIONS)
    op.execute("revoke execute on function farola.forget_training() from public")
    op.execute(_BEGIN)


def _make_tables() -> None:
    op.create_table(
        "training_keys",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id"], ["farola.cities.city_id"], name=op.f("fk_training_keys_city_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("city_id", "month", name=op.f("pk_training_keys")),
        schema="farola",
    )
    op.create_table(
        "training",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False, comment="of the training key it is sealed to"),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column(
            "ciphertext", sa.LargeBinary(), nullable=False,
            comment="redacted words and decided labels; who decided is not in it",
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "report_id"], ["farola.reports.city_id", "farola.reports.id"],
            name=op.f("fk_training_city_id_report_id"), ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "report_id", name=op.f("pk_training")),
        schema="farola",
    )  # fmt: skip
    op.create_table(
        "drift",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False, comment="the first day of the reference weeks"),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column(
            "reference", postgresql.JSONB(), nullable=True,
            comment="shares of labels and mean score of the first four weeks of the model",
        ),
        sa.Column("proposed", sa.Integer(), nullable=False, comment="reports of the week with proposals"),
        sa.Column("decided", sa.Integer(), nullable=False, comment="approvals of the week"),
        sa.Column("divergence", sa.Float(), nullable=True, comment="Jensen-Shannon, 0 to 1; empty for few"),
        sa.Column("score_shift", sa.Float(), nullable=True, comment="mean score minus the reference's"),
        sa.Column("corrected", sa.Float(), nullable=True, comment="share of approvals with other labels"),
        sa.ForeignKeyConstraint(
            ["city_id"], ["farola.cities.city_id"], name=op.f("fk_drift_city_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("city_id", name=op.f("pk_drift")),
        schema="farola",
    )  # fmt: skip


def downgrade() -> None:
    op.execute(_END)
    op.execute("drop trigger forget_training on farola.reports")
    op.execute("drop function farola.forget_training()")
    for table in reversed(_TABLES):
        op.drop_table(table, schema="farola")
