"""More moves: asking back, a second look, escalating, appeals, forwarding, and openings by two people.

The states are those of the workflow's table. What staff may open of the originals is decided
here, by a policy that looks for an opening that a second person granted.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_BY_CITY = "city_id = current_setting('farola.city', true)"
_OLD_STATES = (
    "awaiting_photos", "received", "anonymised", "in_review", "approved", "rejected", "duplicate", "counted",
    "quarantined", "withdrawn",
)  # fmt: skip
_NEW_STATES = ("asked", "second_look", "escalated", "appealed")
_VERDICTS = ("approve", "reject", "duplicate", "forward", "ask", "escalate", "reverse")
_CHECKS = {"state": "reports", "was": "decisions", "became": "decisions"}
_WAITING = "'in_review', 'quarantined', 'second_look', 'escalated', 'appealed'"
_TABLES = ("forwards", "alerts", "openings")
_GRANTED = (
    "exists (select 1 from farola.openings o where o.city_id = {table}.city_id "
    "and o.report_id = {table}.report_id and o.state = 'granted' and {more})"
)

_FUNCTIONS = """
-- Once for a report, while it can still be decided anew: its place is not forgotten. Somebody who did
-- not decide before gets it; one that was refused out of the quarantine goes back there.
create function farola.receipt_appeal(the_receipt bytea) returns text
language plpgsql security definer set search_path = farola, public, pg_temp as $$
declare
    the_report reports%rowtype;
    stuck boolean;
begin
    select r.* into the_report from reports r
    where r.city_id = city() and r.receipt_hash = the_receipt and r.state <> 'withdrawn' for update;
    if not found then
        return null;
    end if;
    if the_report.state not in ('rejected', 'duplicate') or the_report.cell is null or the_report.appealed then
        return 'refused';
    end if;
    select d.was = 'quarantined' into stuck from decisions d
    where d.city_id = city() and d.report_id = the_report.id order by d.sequence desc limit 1;
    update reports r set state = case when stuck then 'quarantined' else 'appealed' end, appealed = true,
        closed_on = null, duplicate_of = null, claimed_by = null, claim_token = null, claim_until = null
    where r.city_id = city() and r.id = the_report.id;
    return case when stuck then 'quarantined' else 'appealed' end;
end $$;

-- The pieces of a raw photo that a second person opened; the staff's login reads them no other way.
create function farola.opened_chunks(the_opening uuid) returns setof farola.photo_chunks
language sql stable security definer set search_path = farola, public, pg_temp as $$
    select c.* from openings o
    join photo_chunks c on c.city_id = o.city_id and c.report_id = o.report_id and c.name = o.photo
    where o.city_id = city() and o.id = the_opening and o.state = 'granted' and o.key_class = 'photos'
    order by c.sequence
$$;

-- An answer brings a report that waited for it back to the queue.
create function farola.answered() returns trigger
language plpgsql security definer set search_path = farola, public, pg_temp as $$
begin
    update reports r set state = 'in_review', due_at = null
    where r.city_id = new.city_id and r.id = new.report_id and r.state = 'asked';
    return null;
end $$;

create trigger answered after insert on farola.messages for each row
when (new.author = 'resident') execute function farola.answered();
"""
_FORGET = """
create or replace function farola.forget_withdrawn() returns trigger
language plpgsql security definer set search_path = farola, public, pg_temp as $$
begin
    delete from messages m where m.city_id = new.city_id and m.report_id = new.id;
    {more}
    new.receipt_hash := gen_random_bytes(32);
    new.counted_in := '{{}}';
    return new;
end $$
"""
_AROUND = """delete from forwards f where f.city_id = new.city_id and f.report_id = new.id;
    delete from alerts a where a.city_id = new.city_id and a.report_id = new.id;
    delete from openings o where o.city_id = new.city_id and o.report_id = new.id;
    update reports r set duplicate_of = null where r.city_id = new.city_id and r.duplicate_of = new.id;
    new.duplicate_of := null;
    new.barred := '{}';"""
# What the previous release knows nothing of waits to be decided like anything else.
_BACK = """
do $$
declare
    the_city text;
begin
    for the_city in select c.city_id from farola.cities c loop
        perform set_config('farola.city', the_city, true);
        update farola.reports r set state = 'in_review', due_at = null
        where r.city_id = the_city and r.state in ('asked', 'second_look', 'escalated', 'appealed');
        delete from farola.decisions d where d.city_id = the_city
            and (d.was in ('asked', 'second_look', 'escalated', 'appealed')
                 or d.became in ('asked', 'second_look', 'escalated', 'appealed'));
        delete from farola.sealed s where s.city_id = the_city and s.field = 'public_note';
    end loop;
    perform set_config('farola.city', '', true);
end $$
"""


def upgrade() -> None:
    _check_states((*_OLD_STATES, *_NEW_STATES))
    op.add_column(
        "reports",
        sa.Column(
            "barred", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False,
            comment="accounts that may not decide next",
        ),
        schema="farola",
    )  # fmt: skip
    op.add_column(
        "reports",
        sa.Column(
            "duplicate_of", sa.Uuid(), nullable=True,
            comment="the report that tells the same; blanked with the rest when either is forgotten",
        ),
        schema="farola",
    )  # fmt: skip
    op.add_column(
        "reports",
        sa.Column("appealed", sa.Boolean(), server_default=sa.false(), nullable=False, comment="once only"),
        schema="farola",
    )
    op.add_column(
        "decisions",
        sa.Column(
            "proposed", _words("verdict", *_VERDICTS), nullable=True,
            comment="what a first person proposed, where two have to agree",
        ),
        schema="farola",
    )  # fmt: skip
    op.create_check_constraint(
        op.f("ck_decisions_verdict"), "decisions", _one_of("proposed", _VERDICTS), schema="farola"
    )
    op.add_column(
        "decisions",
        sa.Column(
            "undo_until", sa.DateTime(timezone=True), nullable=True,
            comment="until then it can be taken back without a reason",
        ),
        schema="farola",
    )  # fmt: skip
    _index("ix_reports_turns", "area, ", _WAITING)
    op.execute("drop index farola.ix_reports_queue")
    op.execute(
        "create index ix_reports_urgent on farola.reports (city_id, id) "
        f"where state in ({_WAITING}) and urgency >= 2"
    )
    # Merging looks the other way only when a report is withdrawn or forgotten.
    op.create_index(
        "ix_reports_merged", "reports", ["city_id", "duplicate_of"], schema="farola",
        postgresql_where=sa.text("duplicate_of is not null"),
    )  # fmt: skip
    _make_tables()
    _secure_tables()
    op.execute(_FUNCTIONS)
    op.execute(_FORGET.format(more=_AROUND))
    op.execute("revoke execute on all functions in schema farola from public")
    op.execute("grant execute on function farola.receipt_appeal(bytea) to farola_residents")
    op.execute("grant execute on function farola.opened_chunks(uuid) to farola_staff")


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=False, length=32)


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} in ({', '.join(repr(value) for value in values)})"


def _check_states(states: tuple[str, ...]) -> None:
    for column, table in _CHECKS.items():
        op.drop_constraint(op.f(f"ck_{table}_{column}"), table, schema="farola")
        op.create_check_constraint(
            op.f(f"ck_{table}_{column}"), table, _one_of(column, states), schema="farola"
        )


def _index(name: str, first: str, states: str) -> None:
    op.execute(
        f"create index {name} on farola.reports (city_id, {first}urgency desc, received_on, id) "
        f"where state in ({states})"
    )


def _make_tables() -> None:
    def table(name: str, key: tuple[str, ...], *columns: sa.Column[object] | sa.Constraint) -> None:
        report = sa.ForeignKeyConstraint(
            ["city_id", "report_id"], ["farola.reports.city_id", "farola.reports.id"],
            name=op.f(f"fk_{name}_city_id_report_id"), ondelete="CASCADE",
        )  # fmt: skip
        own = (
            sa.Column("city_id", sa.Text(), nullable=False),
            sa.Column("report_id", sa.Uuid(), nullable=False),
        )
        primary = sa.PrimaryKeyConstraint("city_id", *key, name=op.f(f"pk_{name}"))
        op.create_table(name, *own, *columns, report, primary, schema="farola")

    states = ("waiting", "sending", "sent", "failed", "cancelled")
    table(
        "forwards",
        ("report_id",),
        sa.Column("state", _words("forwardstate", *states), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "due_at", sa.DateTime(timezone=True), nullable=True,
            comment="after the time to undo; empty once it was sent or given up",
        ),
        sa.Column("tries", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True, comment="why it failed: a code"),
        sa.CheckConstraint(_one_of("state", states), name=op.f("ck_forwards_forwardstate")),
    )  # fmt: skip
    table(
        "alerts",
        ("report_id",),
        sa.Column("level", sa.SmallInteger(), nullable=False, comment="1 the first, 2 the next"),
        sa.Column(
            "next_at", sa.DateTime(timezone=True), nullable=True,
            comment="when the next is woken; empty once it is taken up",
        ),
    )  # fmt: skip
    classes, answers = (
        ("point", "words", "photos", "about_me", "public"),
        ("asked", "granted", "refused", "closed"),
    )
    table(
        "openings",
        ("id",),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key_class", _words("what", *classes), nullable=False),
        sa.Column("photo", sa.Text(), nullable=True, comment="a number, never a file name"),
        sa.Column("reason", sa.Text(), nullable=False, comment="a code"),
        sa.Column("state", _words("openingstate", *answers), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(_one_of("key_class", classes), name=op.f("ck_openings_what")),
        sa.CheckConstraint(_one_of("state", answers), name=op.f("ck_openings_openingstate")),
        sa.CheckConstraint(
            "answered_by is null or answered_by <> asked_by", name=op.f("ck_openings_two_people")
        ),
        sa.CheckConstraint(
            "state not in ('granted', 'refused') or answered_by is not null",
            name=op.f("ck_openings_answered"),
        ),
    )


def _secure_tables() -> None:
    for table in _TABLES:
        op.execute(f"alter table farola.{table} enable row level security")
        op.execute(f"alter table farola.{table} force row level security")
        op.execute(f"create policy by_city on farola.{table} using ({_BY_CITY}) with check ({_BY_CITY})")
    op.execute("grant select, insert, update on farola.forwards, farola.openings to farola_staff")
    op.execute("grant select, update, delete on farola.forwards to farola_worker")
    op.execute("grant select, insert, update, delete on farola.alerts to farola_worker")
    op.execute("grant select, update, delete on farola.openings to farola_worker")
    # Beside the public half staff read what a second person opened for them, while it is open.
    for table in ("sealed", "report_keys"):
        granted = _GRANTED.format(table=table, more=f"o.key_class = {table}.key_class")
        op.execute(
            f"alter policy public_half_for_staff on farola.{table} using (key_class = 'public' or {granted})"
        )
    op.execute(_NOTES.format(fields="'note', 'public_note'"))


_NOTES = (
    "alter policy notes_by_staff on farola.sealed with check (field in ({fields}) and key_class = 'public')"
)


def downgrade() -> None:
    op.execute(_NOTES.format(fields="'note'"))
    for table in ("sealed", "report_keys"):
        op.execute(f"alter policy public_half_for_staff on farola.{table} using (key_class = 'public')")
    op.execute(_FORGET.format(more=""))
    op.execute("drop trigger answered on farola.messages")
    op.execute("drop function farola.answered()")
    op.execute("drop function farola.receipt_appeal(bytea)")
    op.execute("drop function farola.opened_chunks(uuid)")
    for table in _TABLES:
        op.drop_table(table, schema="farola")
    op.execute(_BACK)
    op.execute("drop index farola.ix_reports_merged")
    op.execute("drop index farola.ix_reports_urgent")
    _index("ix_reports_queue", "", "'in_review', 'quarantined'")
    op.execute("drop index farola.ix_reports_turns")
    op.drop_constraint(op.f("ck_decisions_verdict"), "decisions", schema="farola")
    for table, names in (
        ("decisions", ("undo_until", "proposed")),
        ("reports", ("appealed", "duplicate_of", "barred")),
    ):
        for name in names:
            op.drop_column(table, name, schema="farola")
    _check_states(_OLD_STATES)
