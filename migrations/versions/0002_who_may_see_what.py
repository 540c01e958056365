"""Who may see and do what: forced row-level security by city, grants, and the residents' functions.

The residents' login can insert, and can read or withdraw only through functions that take
the hash of a receipt. Every function filters by city itself, because a table's owner may
be a superuser, whom row-level security does not hold.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BY_CITY = "city_id = current_setting('farola.city', true)"
_TABLES = (
    "accounts", "areas", "city_keys", "counters", "decisions", "importers", "ledger", "ledger_plans",
    "photo_chunks", "photos", "counter_keys", "report_keys", "reports", "sealed", "sessions",
    "submissions", "trail",
)  # fmt: skip

_GRANTS = {
    "farola_residents": {
        "select": ("cities", "areas", "city_keys", "alembic_version"),
        "insert": ("reports", "report_keys", "sealed", "photos", "submissions"),
    },
    "farola_staff": {
        "select": (
            "cities", "areas", "city_keys", "reports", "report_keys", "sealed", "photos", "decisions",
            "trail", "accounts", "sessions", "ledger", "alembic_version",
        ),
        "insert": ("decisions", "trail", "sessions"),
        "update": ("reports", "sessions"),
        "delete": ("sessions",),
    },
    "farola_worker": {
        "select": (
            "cities", "areas", "city_keys", "reports", "report_keys", "sealed", "photos", "photo_chunks",
            "decisions", "counters", "counter_keys", "submissions", "ledger", "ledger_plans", "trail",
            "sessions", "alembic_version",
        ),
        "insert": ("city_keys", "report_keys", "sealed", "ledger", "ledger_plans", "photo_chunks"),
        "update": ("reports", "report_keys", "sealed", "photos"),
        "delete": (
            "report_keys", "sealed", "photos", "photo_chunks", "counters", "counter_keys", "submissions",
            "sessions",
        ),
    },
}  # fmt: skip

_FUNCTIONS = """
create function farola.city() returns text language sql stable as
$$ select current_setting('farola.city', true) $$;

create function farola.take_slot(the_period text, most integer, told text, token bytea) returns boolean
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
end $$;

-- Settles in arrival order whether a report counts. Slots are hashed in here, under
-- keys that no door can read; a spent slot never returns.
create function farola.settle(
    the_day date, the_week text, the_quarter text, the_cell bigint, about text, token bytea,
    out counts boolean, out burst boolean
) language plpgsql security definer set search_path = farola, public as $$
begin
    burst := not take_slot(
        the_day::text,
        (select coalesce((c.policy ->> 'burst_limit')::integer, 20) from cities c where c.city_id = city()),
        'burst|' || the_cell, '');
    counts := not burst;
    if counts and token is not null then
        counts := take_slot(the_week, 1, 'week|' || the_cell || '|' || about, token);
        if counts then
            counts := take_slot(the_quarter, 3, 'quarter', token);
        end if;
    end if;
end $$;

create function farola.submission_of(the_key bytea) returns table (fingerprint bytea, answer jsonb)
language sql security definer set search_path = farola, public as $$
    select s.fingerprint, s.answer from submissions s where s.city_id = city() and s.key_hash = the_key
$$;

create function farola.importer_of(the_key bytea) returns uuid
language sql security definer set search_path = farola, public as $$
    select i.id from importers i
    where i.city_id = city() and i.key_hash = the_key and i.revoked_on is null
$$;

create function farola.receipt_report(the_receipt bytea)
returns table (id uuid, kind text, state text, received_on date, countable_on date, photos jsonb)
language sql security definer set search_path = farola, public as $$
    select r.id, r.kind, r.state, r.received_on, r.countable_on,
        (select coalesce(jsonb_agg(jsonb_build_object(
                'name', p.name, 'size', p.size, 'received', p.received, 'state', p.state
            ) order by p.name), '[]')
         from photos p where p.city_id = r.city_id and p.report_id = r.id)
    from reports r
    where r.city_id = city() and r.receipt_hash = the_receipt and r.state <> 'withdrawn'
$$;

-- Deletes keys, ciphertexts and photo rows at once, leaves a tombstone without
-- place and words, of whose time only the days of receipt and of withdrawal stay, and returns the blobs that are now unreadable and can be removed.
create function farola.receipt_withdraw(the_receipt bytea, today date) returns text[]
language plpgsql security definer set search_path = farola, public as $$
declare
    the_id uuid;
    gone text[];
begin
    select r.id into the_id from reports r
    where r.city_id = city() and r.receipt_hash = the_receipt and r.state <> 'withdrawn' for update;
    if the_id is null then
        return null;
    end if;
    select coalesce(array_agg(blob), '{}') into gone from (
        select c.blob from photo_chunks c where c.city_id = city() and c.report_id = the_id
        union all
        select p.public_blob from photos p
        where p.city_id = city() and p.report_id = the_id and p.public_blob is not null
    ) as blobs;
    delete from sealed s where s.city_id = city() and s.report_id = the_id;
    delete from report_keys k where k.city_id = city() and k.report_id = the_id;
    delete from photo_chunks c where c.city_id = city() and c.report_id = the_id;
    delete from photos p where p.city_id = city() and p.report_id = the_id;
    -- What moderators made of it goes too; that they decided, and why, stays.
    update decisions d set categories = '{}', primary_group = null
    where d.city_id = city() and d.report_id = the_id;
    update reports r set state = 'withdrawn', categories = '{}', cell = null, area = null,
        occurred_on = null, daypart = null, audit = null, language = null, labels = '[]',
        countable_on = null,
        urgency = 0, minor = false, forward_consent = false, primary_group = null, reply_key = null, due_at = null,
        lease_until = null, fence = r.fence + 1, claimed_by = null, claim_token = null,
        claim_until = null, closed_on = today
    where r.city_id = city() and r.id = the_id;
    return gone;
end $$;

-- Every function that touches a report's photos locks the report's row first, as withdrawing does:
-- with another order, two pieces that arrive at once, or a withdrawal between them, would deadlock.

-- Starts (or starts over) the upload of an expected photo; returns the blobs of an abandoned try.
create function farola.upload_create(
    the_receipt bytea, the_report uuid, the_name text, the_size bigint, the_upload uuid, expires timestamptz
) returns text[]
language plpgsql security definer set search_path = farola, public as $$
declare
    old text[];
begin
    perform 1 from reports r
    where r.city_id = city() and r.id = the_report and r.receipt_hash = the_receipt
        and r.state = 'awaiting_photos'
    for no key update;
    if not found then
        return null;
    end if;
    perform 1 from photos p
    where p.city_id = city() and p.report_id = the_report and p.name = the_name and p.state = 'expected'
        and p.size = the_size
    for update;
    if not found then
        return null;
    end if;
    select coalesce(array_agg(c.blob), '{}') into old from photo_chunks c
    where c.city_id = city() and c.report_id = the_report and c.name = the_name;
    delete from photo_chunks c
    where c.city_id = city() and c.report_id = the_report and c.name = the_name;
    update photos p set upload_id = the_upload, received = 0, chunks = 0, upload_expires = expires
    where p.city_id = city() and p.report_id = the_report and p.name = the_name;
    return old;
end $$;

-- Tells how far an upload has come and whether the report still waits for it.
create function farola.upload_lock(the_receipt bytea, the_upload uuid)
returns table (
    report_id uuid, name text, size bigint, received bigint, chunks integer, expires timestamptz, open boolean
) language plpgsql security definer set search_path = farola, public as $$
declare
    the_report reports%rowtype;
begin
    select r.* into the_report from reports r
    where r.city_id = city() and r.receipt_hash = the_receipt and r.state <> 'withdrawn'
    for no key update;
    return query
    select p.report_id, p.name, p.size, p.received, p.chunks, p.upload_expires,
        the_report.state = 'awaiting_photos'
    from photos p
    where p.city_id = city() and p.report_id = the_report.id and p.upload_id = the_upload
    for update;
end $$;

-- Adds one sealed piece; returns the report when it was the last byte of the last photo awaited.
create function farola.upload_add(
    the_report uuid, the_name text, piece bigint, the_month text, the_wrap bytea, the_blob text, now_at timestamptz
) returns uuid
language plpgsql security definer set search_path = farola, public as $$
begin
    insert into photo_chunks (city_id, report_id, name, sequence, month, wrapped, blob)
    select city(), p.report_id, p.name, p.chunks, the_month, the_wrap, the_blob from photos p
    where p.city_id = city() and p.report_id = the_report and p.name = the_name;
    update photos p set received = p.received + piece, chunks = p.chunks + 1,
        state = case when p.received + piece = p.size then 'received' else p.state end
    where p.city_id = city() and p.report_id = the_report and p.name = the_name;
    -- A photo that is still coming is worth another hour.
    update reports r set due_at = greatest(r.due_at, now_at + interval '1 hour')
    where r.city_id = city() and r.id = the_report and r.state = 'awaiting_photos';
    if exists (select 1 from photos p where p.city_id = city() and p.report_id = the_report
               and p.state = 'expected') then
        return null;
    end if;
    update reports r set state = 'received', due_at = now_at
    where r.city_id = city() and r.id = the_report and r.state = 'awaiting_photos';
    return case when found then the_report end;
end $$;
"""
_CALLED_BY_RESIDENTS = (
    "settle(date, text, text, bigint, text, bytea)",
    "submission_of(bytea)",
    "importer_of(bytea)",
    "receipt_report(bytea)",
    "receipt_withdraw(bytea, date)",
    "upload_create(bytea, uuid, text, bigint, uuid, timestamptz)",
    "upload_lock(bytea, uuid)",
    "upload_add(uuid, text, bigint, text, bytea, text, timestamptz)",
)


def upgrade() -> None:
    for table in _TABLES:
        _force(table, f"using ({_BY_CITY}) with check ({_BY_CITY})")
    # Which cities there are is public; only the city itself is written.
    _force("cities", f"using ({_BY_CITY}) with check ({_BY_CITY})")
    op.execute("create policy public_list on farola.cities for select using (true)")
    # Originals, who a resident is and the exact place are not for the staff's process.
    for table in ("sealed", "report_keys"):
        op.execute(
            f"create policy public_half_for_staff on farola.{table} as restrictive for select to farola_staff "
            "using (key_class = 'public')"
        )
    op.execute(_FUNCTIONS)
    op.execute("revoke execute on all functions in schema farola from public")
    for function in _CALLED_BY_RESIDENTS:
        op.execute(f"grant execute on function farola.{function} to farola_residents")
    for role, grants in _GRANTS.items():
        op.execute(f"grant usage on schema farola to {role}")
        for verb, tables in grants.items():
            names = ", ".join(f"farola.{table}" for table in tables)
            op.execute(f"grant {verb} on {names} to {role}")


def _force(table: str, rule: str) -> None:
    op.execute(f"alter table farola.{table} enable row level security")
    op.execute(f"alter table farola.{table} force row level security")
    op.execute(f"create policy by_city on farola.{table} {rule}")


def downgrade() -> None:
    for role in _GRANTS:
        op.execute(f"revoke all on all tables in schema farola from {role}")
        op.execute(f"revoke all on schema farola from {role}")
    for function in _CALLED_BY_RESIDENTS:
        op.execute(f"drop function farola.{function}")
    op.execute("drop function farola.take_slot(text, integer, text, bytea)")
    op.execute("drop function farola.city()")
    for table in (*_TABLES, "cities"):
        op.execute(f"drop policy by_city on farola.{table}")
        op.execute(f"alter table farola.{table} no force row level security")
        op.execute(f"alter table farola.{table} disable row level security")
    op.execute("drop policy public_list on farola.cities")
    for table in ("sealed", "report_keys"):
        op.execute(f"drop policy public_half_for_staff on farola.{table}")
