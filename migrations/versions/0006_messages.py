"""Messages between a resident and the moderators, and what a receipt can read.

A report that is withdrawn loses its messages and its receipt's hash in the same statement,
whoever withdraws it: afterwards the receipt is looked up like one that never was.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BY_CITY = "city_id = current_setting('farola.city', true)"

_FUNCTIONS = """
create function farola.receipt_status(the_receipt bytea)
returns table (
    id uuid, kind text, state text, received_on date, counted_in text[], messages integer,
    from_city integer, photos jsonb
) language sql stable security definer set search_path = farola, public, pg_temp as $$
    select r.id, r.kind, r.state, r.received_on, r.counted_in,
        (select count(*)::integer from messages m where m.city_id = r.city_id and m.report_id = r.id),
        (select count(*)::integer from messages m
         where m.city_id = r.city_id and m.report_id = r.id and m.author = 'city'),
        (select coalesce(jsonb_agg(jsonb_build_object(
                'name', p.name, 'size', p.size, 'received', p.received, 'state', p.state
            ) order by p.name), '[]')
         from photos p where p.city_id = r.city_id and p.report_id = r.id)
    from reports r
    where r.city_id = city() and r.receipt_hash = the_receipt and r.state <> 'withdrawn'
$$;

-- What the resident told, sealed to the phone by the phone's own key.
create function farola.receipt_own_copy(the_receipt bytea) returns bytea
language sql stable security definer set search_path = farola, public, pg_temp as $$
    select s.ciphertext
    from reports r join sealed s on s.city_id = r.city_id and s.report_id = r.id and s.field = 'own_copy'
    where r.city_id = city() and r.receipt_hash = the_receipt and r.state <> 'withdrawn'
$$;

-- One row with nothing in it where there is a report and no message yet; no row where there is no report.
create function farola.receipt_messages(the_receipt bytea)
returns table (number smallint, author text, day date, reply_copy bytea)
language sql stable security definer set search_path = farola, public, pg_temp as $$
    select m.number, m.author, m.day, m.reply_copy
    from reports r left join messages m on m.city_id = r.city_id and m.report_id = r.id
    where r.city_id = city() and r.receipt_hash = the_receipt and r.state <> 'withdrawn'
    order by m.number
$$;

-- Locks the report, so that its messages get their numbers one after the other and a retry
-- waits for the first try; tells what a new message needs, and what was answered to the same key.
create function farola.message_begin(the_receipt bytea, the_key bytea)
returns table (
    report_id uuid, reply_key bytea, next smallint, sent integer, fingerprint bytea, answer jsonb
) language plpgsql security definer set search_path = farola, public, pg_temp as $$
declare
    the_report reports%rowtype;
begin
    select r.* into the_report from reports r
    where r.city_id = city() and r.receipt_hash = the_receipt and r.state <> 'withdrawn'
    for no key update;
    if not found then
        return;
    end if;
    return query
    select the_report.id, the_report.reply_key, (coalesce(max(m.number), 0) + 1)::smallint,
        (count(*) filter (where m.author = 'resident'))::integer,
        (select s.fingerprint from submissions s where s.city_id = city() and s.key_hash = the_key),
        (select s.answer from submissions s where s.city_id = city() and s.key_hash = the_key)
    from messages m where m.city_id = city() and m.report_id = the_report.id;
end $$;

create function farola.message_add(
    the_receipt bytea, the_number smallint, the_day date, the_month text, the_wrap bytea, words bytea,
    copy bytea
) returns boolean language plpgsql security definer set search_path = farola, public, pg_temp as $$
begin
    insert into messages (
        city_id, report_id, number, author, day, month, wrapped, ciphertext, reply_copy
    )
    select r.city_id, r.id, the_number, 'resident', the_day, the_month, the_wrap, words, copy
    from reports r
    where r.city_id = city() and r.receipt_hash = the_receipt and r.state <> 'withdrawn';
    return found;
end $$;

-- The hash goes too: what is left can be neither found by the receipt nor told from what never was.
create function farola.forget_withdrawn() returns trigger
language plpgsql security definer set search_path = farola, public, pg_temp as $$
begin
    delete from messages m where m.city_id = new.city_id and m.report_id = new.id;
    new.receipt_hash := gen_random_bytes(32);
    new.counted_in := '{}';
    return new;
end $$;

create trigger forget_withdrawn before update of state on farola.reports for each row
when (new.state = 'withdrawn' and old.state <> 'withdrawn') execute function farola.forget_withdrawn();
"""
_CALLED_BY_RESIDENTS = (
    "receipt_status(bytea)",
    "receipt_own_copy(bytea)",
    "receipt_messages(bytea)",
    "message_begin(bytea, bytea)",
    "message_add(bytea, smallint, date, text, bytea, bytea, bytea)",
)
# Those who withdrew before this release are to be as unknown as those who will.
_SCRAMBLE = """
do $$
declare
    the_city text;
begin
    for the_city in select c.city_id from farola.cities c loop
        perform set_config('farola.city', the_city, true);
        update farola.reports r set receipt_hash = public.gen_random_bytes(32)
        where r.city_id = the_city and r.state = 'withdrawn';
    end loop;
    perform set_config('farola.city', '', true);
end $$
"""
# A function that runs as its owner must not meet a caller's temporary table of a known name.
_TEMPORARY = "do $$ begin execute format('{} temporary on database %I {} public', current_database()); end $$"


def upgrade() -> None:
    op.execute(_TEMPORARY.format("revoke", "from"))
    op.add_column(
        "reports",
        sa.Column(
            "counted_in",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="periods it stood approved in when they were drawn, for the receipt; emptied on withdrawal",
        ),
        schema="farola",
    )
    _make_messages()
    op.execute("alter table farola.messages enable row level security")
    op.execute("alter table farola.messages force row level security")
    op.execute(f"create policy by_city on farola.messages using ({_BY_CITY}) with check ({_BY_CITY})")
    op.execute(
        "create policy answers_by_staff on farola.messages as restrictive for insert to farola_staff "
        "with check (author = 'city')"
    )
    op.execute("grant select, insert on farola.messages to farola_staff")
    # The clock forgets them with the public half.
    op.execute("grant select, delete on farola.messages to farola_worker")
    op.execute(_FUNCTIONS)
    op.execute("revoke execute on all functions in schema farola from public")
    for function in _CALLED_BY_RESIDENTS:
        op.execute(f"grant execute on function farola.{function} to farola_residents")
    op.execute(_SCRAMBLE)


def _make_messages() -> None:
    author = sa.Enum(
        "resident", "city", name="author", native_enum=False, create_constraint=True, length=32,
        schema="farola",
    )  # fmt: skip
    op.create_table(
        "messages",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("author", author, nullable=False),
        sa.Column("day", sa.Date(), nullable=False, comment="the day only, never the time"),
        sa.Column("account_id", sa.Uuid(), nullable=True, comment="the moderator who answered"),
        sa.Column(
            "key_hash",
            sa.LargeBinary(),
            nullable=True,
            comment="hash of a moderator's Idempotency-Key; a resident's is among the submissions, for a day",
        ),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column(
            "reply_copy",
            sa.LargeBinary(),
            nullable=True,
            comment="sealed to the reply_key: only the phone opens it",
        ),
        sa.ForeignKeyConstraint(
            ["city_id", "report_id"],
            ["farola.reports.city_id", "farola.reports.id"],
            name=op.f("fk_messages_city_id_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "report_id", "number", name=op.f("pk_messages")),
        sa.UniqueConstraint(
            "city_id", "report_id", "key_hash", name=op.f("uq_messages_city_id_report_id_key_hash")
        ),
        schema="farola",
    )


def downgrade() -> None:
    op.execute("drop trigger forget_withdrawn on farola.reports")
    op.execute("drop function farola.forget_withdrawn()")
    for function in _CALLED_BY_RESIDENTS:
        op.execute(f"drop function farola.{function}")
    op.drop_table("messages", schema="farola")
    op.drop_column("reports", "counted_in", schema="farola")
    op.execute(_TEMPORARY.format("grant", "to"))
