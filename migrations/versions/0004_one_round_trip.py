"""Intake in one round trip, and proofs of work that can be spent once.

`take_report` does in one statement what intake did in eight: claims the idempotency key,
spends the proof, finds the area, settles what counts, and writes the report with its sealed
parts. It filters by city itself, as every function of the residents' login does. What it
refuses after it began to write, it raises under an SQLSTATE of its own, so that nothing stays:
FR001 another report holds the receipt, FR002 the proof was spent, FR003 outside the city,
FR004 outside with coordinates that look swapped, FR005 no such city.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BY_CITY = "city_id = current_setting('farola.city', true)"

# As before, but a period's key is made only once and not drawn again for every report.
_TAKE_SLOT = """
create or replace function farola.take_slot(the_period text, most integer, told text, token bytea) returns boolean
language plpgsql security definer set search_path = farola, public as $$
declare
    the_key bytea;
begin
    select k.key into the_key from counter_keys k where k.city_id = city() and k.period = the_period;
    if the_key is null then
        insert into counter_keys (city_id, period, key) values (city(), the_period, gen_random_bytes(32))
        on conflict do nothing;
        select k.key into strict the_key from counter_keys k
        where k.city_id = city() and k.period = the_period;
    end if;
    insert into counters (city_id, period, slot, used)
    values (city(), the_period, hmac(convert_to(told || '|', 'UTF8') || token, the_key, 'sha256'), 1)
    on conflict (city_id, period, slot) do update set used = counters.used + 1
        where counters.used < most;
    return found;
end $$
"""
_TAKE_SLOT_BEFORE = """
create or replace function farola.take_slot(the_period text, most integer, told text, token bytea) returns boolean
language plpgsql security definer set search_path = farola, public as $$
declare
    the_slot bytea;
begin
    insert into counter_keys (city_id, period, key) values (city(), the_period, gen_random_bytes(32))
    on conflict do nothing;
    select hmac(convert_to(told || '|', 'UTF8') || token, k.key, 'sha256') into strict the_slot
    from counter_keys k where k.city_id = city() and k.period = the_period;
    insert into counters (city_id, period, slot, used) values (city(), the_period, the_slot, 1)
    on conflict (city_id, period, slot) do update set used = counters.used + 1
        where counters.used < most;
    return found;
end $$
"""

_TAKE_REPORT = """
create function farola.take_report(
    the_city text,
    -- the attempt
    the_key bytea, the_fingerprint bytea, the_answer jsonb, kept_until timestamptz,
    the_proof bytea, the_spender bytea, proof_until timestamptz,
    -- place and counting
    lon double precision, lat double precision, the_cell bigint,
    the_day date, the_week text, the_quarter text, the_about text, the_token bytea,
    -- the report
    the_id uuid, the_kind text, the_state text, the_receipt bytea, the_reply_key bytea, the_month text,
    the_source text, the_categories text[], the_occurred_on date, the_daypart text, the_audit smallint[],
    the_consent boolean, the_language text, the_minor boolean, the_due timestamptz,
    -- its sealed parts, and the photos it promises
    key_classes text[], wraps bytea[], fields text[], field_classes text[], ciphertexts bytea[],
    photo_names text[], photo_sizes bigint[],
    out outcome text, out answer jsonb
)
language plpgsql security definer set search_path = farola, public set lock_timeout = '3s' as $$
declare
    the_point geometry := ST_SetSRID(ST_MakePoint(lon, lat), 4326);
    inside boolean;
    the_area text;
    counting record;
begin
    perform set_config('farola.city', the_city, true);

    -- Insert first: of two that come at once, the unique index lets one pass, and the other waits here.
    insert into submissions (city_id, key_hash, fingerprint, answer, expires_at)
    values (the_city, the_key, the_fingerprint, the_answer, kept_until)
    on conflict do nothing;
    if not found then
        select case when s.fingerprint = the_fingerprint then 'earlier' else 'other' end, s.answer
        into outcome, answer
        from submissions s where s.city_id = the_city and s.key_hash = the_key;
        return;
    end if;

    -- A proof is spent once; a batch that is sent again may spend the rest of its own.
    if the_proof is not null then
        insert into spent_proofs as p (city_id, nonce, spender, expires_at)
        values (the_city, the_proof, the_spender, proof_until)
        on conflict (city_id, nonce) do update set spender = p.spender where p.spender = excluded.spender;
        if not found then
            raise exception 'spent' using errcode = 'FR002';
        end if;
    end if;

    select ST_Covers(c.boundary, the_point) into inside from cities c where c.city_id = the_city;
    if not found then
        raise exception 'no city' using errcode = 'FR005';
    end if;
    if not inside then
        select ST_Covers(c.boundary, ST_FlipCoordinates(the_point)) into inside
        from cities c where c.city_id = the_city and abs(lon) <= 90;
        raise exception 'outside' using errcode = case when inside then 'FR004' else 'FR003' end;
    end if;
    -- A gap between areas goes to the nearest.
    select a.code into the_area from areas a where a.city_id = the_city
    order by a.boundary <-> the_point, a.code limit 1;

    select s.counts, s.burst into counting
    from settle(the_day, the_week, the_quarter, the_cell, the_about, the_token) s;

    insert into reports (
        city_id, id, kind, state, receipt_hash, reply_key, key_month, source, categories, cell, area,
        occurred_on, daypart, audit, forward_consent, language, urgency, minor, labels, received_on,
        counts, burst, due_at, fence, attempts
    ) values (
        the_city, the_id, the_kind, the_state, the_receipt, the_reply_key, the_month, the_source,
        the_categories, the_cell, the_area, the_occurred_on, the_daypart, the_audit, the_consent,
        the_language, 0, the_minor, '[]', the_day, counting.counts, counting.burst, the_due, 0, 0
    ) on conflict (city_id, receipt_hash) do nothing;
    if not found then
        raise exception 'receipt taken' using errcode = 'FR001';
    end if;
    insert into report_keys (city_id, report_id, key_class, month, wrapped)
    select the_city, the_id, k.key_class, the_month, k.wrapped
    from unnest(key_classes, wraps) as k (key_class, wrapped);
    insert into sealed (city_id, report_id, field, version, key_class, ciphertext)
    select the_city, the_id, s.field, 1, s.key_class, s.ciphertext
    from unnest(fields, field_classes, ciphertexts) as s (field, key_class, ciphertext);
    if cardinality(photo_names) > 0 then
        insert into photos (city_id, report_id, name, state, size, received, chunks)
        select the_city, the_id, p.name, 'expected', p.size, 0, 0
        from unnest(photo_names, photo_sizes) as p (name, size);
    end if;
    outcome := 'taken';
end $$
"""


def upgrade() -> None:
    op.create_table(
        "spent_proofs",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False, comment="keyed hash of the challenge"),
        sa.Column(
            "spender",
            sa.LargeBinary(),
            nullable=False,
            comment="keyed hash of the idempotency keys it paid for",
        ),
        sa.Column(
            "expires_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="then the challenge is too old anyway",
        ),
        sa.PrimaryKeyConstraint("city_id", "nonce", name=op.f("pk_spent_proofs")),
        schema="farola",
    )
    op.execute("alter table farola.spent_proofs enable row level security")
    op.execute("alter table farola.spent_proofs force row level security")
    op.execute(f"create policy by_city on farola.spent_proofs using ({_BY_CITY}) with check ({_BY_CITY})")
    op.execute("grant select, delete on farola.spent_proofs to farola_worker")
    op.execute(_TAKE_SLOT)
    op.execute(_TAKE_REPORT)
    op.execute("revoke execute on function farola.take_report from public")
    op.execute("grant execute on function farola.take_report to farola_residents")


def downgrade() -> None:
    op.execute("drop function farola.take_report")
    op.execute(_TAKE_SLOT_BEFORE)
    op.drop_table("spent_proofs", schema="farola")
