"""Uploads whose length comes later, that are put together from parts, or are ended by the phone.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_BY_CITY = "city_id = current_setting('farola.city', true)"
_NEW_COLUMNS = {
    "photos": (
        sa.Column(
            "deferred",
            sa.Boolean(),
            nullable=False,
            server_default=sa.text("false"),
            comment="the phone has yet to say the length",
        ),
        sa.Column(
            "parts", postgresql.ARRAY(sa.Uuid()), nullable=True, comment="what it was put together from"
        ),
    ),
    "photo_chunks": (
        sa.Column("part", sa.Uuid(), nullable=True, comment="the part this piece was sealed for, if any"),
        sa.Column("part_sequence", sa.Integer(), nullable=True, comment="its place in that part"),
    ),
}

# As with the older functions, whatever changes a report's photos locks the report's row first.
_FUNCTIONS = """
-- Tells how far an upload, of a photo or of a part, has come, and the key of the month to seal more of it to.
create function farola.upload_find(the_receipt bytea, the_upload uuid, the_month text)
returns table (
    report_id uuid, name text, size bigint, received bigint, chunks integer, expires timestamptz, open boolean,
    deferred boolean, part boolean, parts uuid[], public_key bytea
) language sql stable security definer set search_path = farola, public as $$
    select r.id, u.name, u.size, u.received, u.chunks, u.expires, r.state = 'awaiting_photos', u.deferred,
        u.part, u.parts, k.public_key
    from reports r
    cross join lateral (
        select p.name, p.size, p.received, p.chunks, p.upload_expires as expires, p.deferred,
            false as part, p.parts
        from photos p where p.city_id = r.city_id and p.report_id = r.id and p.upload_id = the_upload
        union all
        select q.id::text, q.size, q.received, q.chunks, q.expires, q.size is null, true, null
        from photo_parts q where q.city_id = r.city_id and q.report_id = r.id and q.id = the_upload
    ) as u
    left join city_keys k on k.city_id = r.city_id and k.month = the_month
    where r.city_id = city() and r.receipt_hash = the_receipt and r.state <> 'withdrawn'
$$;

-- Deletes the pieces kept under a name and returns their blobs.
create function farola.forget_pieces(the_report uuid, the_name text) returns text[]
language sql security definer set search_path = farola, public as $$
    with gone as (
        delete from photo_chunks c
        where c.city_id = city() and c.report_id = the_report and c.name = the_name returning c.blob
    ) select coalesce(array_agg(blob), '{}') from gone
$$;

-- Sends a report on when it has all of its photos, and returns it; a photo that is still coming is worth another hour.
create function farola.photos_came(the_report uuid, now_at timestamptz) returns uuid
language plpgsql security definer set search_path = farola, public as $$
declare
    complete boolean := not exists (
        select 1 from photos p where p.city_id = city() and p.report_id = the_report and p.state = 'expected');
begin
    update reports r set
        state = case when complete then 'received' else r.state end,
        due_at = case when complete then now_at else greatest(r.due_at, now_at + interval '1 hour') end
    where r.city_id = city() and r.id = the_report and r.state = 'awaiting_photos';
    return case when found and complete then the_report end;
end $$;

-- Starts (or starts over) the upload of an expected photo; without a size, the phone says it later.
-- Returns the blobs of an abandoned try.
create function farola.upload_start(
    the_receipt bytea, the_report uuid, the_name text, the_size bigint, the_upload uuid, ends timestamptz
) returns text[]
language plpgsql security definer set search_path = farola, public as $$
begin
    perform 1 from reports r
    where r.city_id = city() and r.id = the_report and r.receipt_hash = the_receipt
        and r.state = 'awaiting_photos'
    for no key update;
    if not found then
        return null;
    end if;
    update photos p set upload_id = the_upload, received = 0, chunks = 0, upload_expires = ends,
        deferred = the_size is null, parts = null
    where p.city_id = city() and p.report_id = the_report and p.name = the_name and p.state = 'expected'
        and p.size = coalesce(the_size, p.size);
    return case when found then forget_pieces(the_report, the_name) end;
end $$;

-- How many bytes a part may have: what the report still expects, less its other parts.
create function farola.parts_room(the_report uuid, but_for uuid) returns bigint
language sql stable security definer set search_path = farola, public as $$
    select (
        select coalesce(sum(p.size), 0) from photos p
        where p.city_id = city() and p.report_id = the_report and p.state = 'expected'
    ) - (
        select coalesce(sum(coalesce(q.size, q.received)), 0) from photo_parts q
        where q.city_id = city() and q.report_id = the_report and q.id <> but_for
    )
$$;

-- Starts a part of a photo that is put together later. Parts may hold as much as the report still expects:
-- where that is not enough, the oldest parts make room. Returns their blobs.
create function farola.part_start(
    the_receipt bytea, the_size bigint, the_upload uuid, ends timestamptz, most integer
) returns text[]
language plpgsql security definer set search_path = farola, public as $$
declare
    the_report uuid;
    oldest uuid;
    gone text[] := '{}';
begin
    select r.id into the_report from reports r
    where r.city_id = city() and r.receipt_hash = the_receipt and r.state = 'awaiting_photos'
    for no key update;
    if the_report is null or the_size > (
        select coalesce(sum(p.size), 0) from photos p
        where p.city_id = city() and p.report_id = the_report and p.state = 'expected'
    ) then
        return null;
    end if;
    loop
        select q.id into oldest from photo_parts q
        where q.city_id = city() and q.report_id = the_report
            and (parts_room(the_report, the_upload) < coalesce(the_size, 1) or (
                select count(*) from photo_parts o where o.city_id = city() and o.report_id = the_report
            ) >= most)
        order by q.expires, q.id limit 1;
        exit when not found;
        gone := gone || forget_pieces(the_report, oldest::text);
        delete from photo_parts q where q.city_id = city() and q.report_id = the_report and q.id = oldest;
    end loop;
    insert into photo_parts (city_id, report_id, id, size, received, chunks, expires)
    values (city(), the_report, the_upload, the_size, 0, 0, ends);
    return gone;
end $$;

-- Notes sealed pieces that follow on what an upload has, or says why not; `told` is the length, where the
-- phone says it only now. `ready` is the report when this was the last byte of the last photo awaited.
create function farola.upload_take(
    the_receipt bytea, the_upload uuid, stands bigint, told bigint, the_month text, sizes bigint[], wraps bytea[],
    blobs text[], most integer, now_at timestamptz, out outcome text, out ready uuid
) language plpgsql security definer set search_path = farola, public as $$
declare
    it record;
    room bigint;
    reached bigint := stands + (select coalesce(sum(s), 0) from unnest(sizes) as s);
begin
    perform 1 from reports r
    where r.city_id = city() and r.receipt_hash = the_receipt and r.state <> 'withdrawn' for no key update;
    select * into it from upload_find(the_receipt, the_upload, the_month);
    select it.size into room;
    if it.report_id is not null and it.size is null then
        room := parts_room(it.report_id, the_upload);
    end if;
    outcome := case
        when it.report_id is null or (it.expires < now_at and it.received is distinct from it.size) then 'gone'
        when it.parts is not null then 'whole'
        when stands <> it.received then 'moved'
        when told <> it.size then 'length'
        when greatest(reached, told) > room or reached > told then 'large'
        when cardinality(sizes) > 0 and not it.open then 'closed'
        when it.chunks + cardinality(sizes) > most then 'scattered'
        else 'taken' end;
    if outcome <> 'taken' then
        return;
    end if;
    insert into photo_chunks (city_id, report_id, name, sequence, month, wrapped, blob, part, part_sequence)
    select city(), it.report_id, it.name, it.chunks + n - 1, the_month, wraps[n], blobs[n],
        case when it.part then the_upload end, case when it.part then it.chunks + n - 1 end
    from generate_subscripts(sizes, 1) as n;
    if it.part then
        update photo_parts q set received = reached, chunks = it.chunks + cardinality(sizes),
            size = coalesce(q.size, told)
        where q.city_id = city() and q.report_id = it.report_id and q.id = the_upload;
    else
        update photos p set received = reached, chunks = it.chunks + cardinality(sizes),
            deferred = p.deferred and told is null and reached < p.size,
            state = case when reached = p.size and p.state = 'expected' then 'received' else p.state end
        where p.city_id = city() and p.report_id = it.report_id and p.name = it.name;
    end if;
    if cardinality(sizes) > 0 then
        ready := photos_came(it.report_id, now_at);
    end if;
end $$;

-- Puts an expected photo together from finished parts, in their order; doing it again changes nothing.
create function farola.upload_join(
    the_receipt bytea, the_report uuid, the_name text, the_parts uuid[], the_upload uuid, ends timestamptz,
    now_at timestamptz, out outcome text, out upload uuid, out gone text[], out ready uuid
) language plpgsql security definer set search_path = farola, public as $$
declare
    awaited boolean;
    it photos%rowtype;
    found_parts record;
begin
    select r.state = 'awaiting_photos' into awaited from reports r
    where r.city_id = city() and r.id = the_report and r.receipt_hash = the_receipt and r.state <> 'withdrawn'
    for no key update;
    select p.* into it from photos p
    where awaited is not null and p.city_id = city() and p.report_id = the_report and p.name = the_name;
    select count(*) as many, sum(q.received) as bytes, sum(q.chunks) as chunks,
        coalesce(bool_and(q.received is not distinct from q.size), false) as finished
    into found_parts from photo_parts q
    where q.city_id = city() and q.report_id = it.report_id and q.id = any (the_parts) and q.expires >= now_at;
    outcome := case
        when it.parts = the_parts then 'again'
        when it.state is distinct from 'expected' or not awaited then 'gone'
        when found_parts.many <> cardinality(the_parts) then 'gone'
        when not found_parts.finished then 'unfinished'
        when found_parts.bytes <> it.size then 'size'
        else 'joined' end;
    upload := case when outcome = 'again' then it.upload_id else the_upload end;
    if outcome <> 'joined' then
        return;
    end if;
    gone := forget_pieces(the_report, the_name);
    update photo_chunks c set name = the_name, sequence = ordered.base + c.part_sequence
    from (
        select q.id, (sum(q.chunks) over (order by told.place) - q.chunks)::integer as base
        from unnest(the_parts) with ordinality as told (id, place)
        join photo_parts q on q.city_id = city() and q.report_id = the_report and q.id = told.id
    ) as ordered
    where c.city_id = city() and c.report_id = the_report and c.name = ordered.id::text;
    delete from photo_parts q
    where q.city_id = city() and q.report_id = the_report and q.id = any (the_parts);
    update photos p set upload_id = the_upload, received = p.size, chunks = found_parts.chunks,
        upload_expires = ends, deferred = false, parts = the_parts, state = 'received'
    where p.city_id = city() and p.report_id = the_report and p.name = the_name;
    ready := photos_came(the_report, now_at);
end $$;

-- Ends an upload; its photo is expected again. Returns the blobs that are left over.
create function farola.upload_end(the_receipt bytea, the_upload uuid, out outcome text, out gone text[])
language plpgsql security definer set search_path = farola, public as $$
declare
    it record;
begin
    perform 1 from reports r
    where r.city_id = city() and r.receipt_hash = the_receipt and r.state <> 'withdrawn' for no key update;
    select * into it from upload_find(the_receipt, the_upload, '');
    outcome := case when not found then 'gone' when not it.open then 'closed' else 'ended' end;
    if outcome <> 'ended' then
        return;
    end if;
    gone := forget_pieces(it.report_id, it.name);
    delete from photo_parts q where q.city_id = city() and q.report_id = it.report_id and q.id = the_upload;
    update photos p set upload_id = null, received = 0, chunks = 0, upload_expires = null, deferred = false,
        parts = null, state = 'expected'
    where p.city_id = city() and p.report_id = it.report_id and p.upload_id = the_upload;
end $$;

-- Pieces go with the report's photos when it is withdrawn; so do its parts.
create function farola.forget_parts() returns trigger
language plpgsql security definer set search_path = farola, public as $$
begin
    delete from photo_parts q where q.city_id = new.city_id and q.report_id = new.id;
    return null;
end $$;
create trigger parts_go_with_a_withdrawn_report after update of state on farola.reports
for each row when (new.state = 'withdrawn') execute function farola.forget_parts();
"""
_CALLED_BY_RESIDENTS = (
    "upload_find(bytea, uuid, text)",
    "upload_start(bytea, uuid, text, bigint, uuid, timestamptz)",
    "part_start(bytea, bigint, uuid, timestamptz, integer)",
    "upload_take(bytea, uuid, bigint, bigint, text, bigint[], bytea[], text[], integer, timestamptz)",
    "upload_join(bytea, uuid, text, uuid[], uuid, timestamptz, timestamptz)",
    "upload_end(bytea, uuid)",
)
_INNER = (
    "parts_room(uuid, uuid)",
    "forget_pieces(uuid, text)",
    "photos_came(uuid, timestamptz)",
    "forget_parts()",
)


def upgrade() -> None:
    op.create_table(
        "photo_parts",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True, comment="null until the phone says it"),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("chunks", sa.Integer(), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("received between 0 and size", name=op.f("ck_photo_parts_received_range")),
        sa.ForeignKeyConstraint(
            ["city_id", "report_id"],
            ["farola.reports.city_id", "farola.reports.id"],
            name=op.f("fk_photo_parts_city_id_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "report_id", "id", name=op.f("pk_photo_parts")),
        schema="farola",
    )
    op.execute("alter table farola.photo_parts enable row level security")
    op.execute("alter table farola.photo_parts force row level security")
    op.execute(f"create policy by_city on farola.photo_parts using ({_BY_CITY}) with check ({_BY_CITY})")
    op.execute("grant select, delete on farola.photo_parts to farola_worker")
    for table, columns in _NEW_COLUMNS.items():
        for column in columns:
            op.add_column(table, column, schema="farola")
    op.execute(_FUNCTIONS)
    for function in (*_CALLED_BY_RESIDENTS, *_INNER):
        op.execute(f"revoke execute on function farola.{function} from public")
    for function in _CALLED_BY_RESIDENTS:
        op.execute(f"grant execute on function farola.{function} to farola_residents")


def downgrade() -> None:
    op.execute("drop trigger parts_go_with_a_withdrawn_report on farola.reports")
    for function in (*_CALLED_BY_RESIDENTS, *_INNER):
        op.execute(f"drop function farola.{function}")
    for table, columns in _NEW_COLUMNS.items():
        for column in columns:
            op.drop_column(table, column.name, schema="farola")
    op.drop_table("photo_parts", schema="farola")
