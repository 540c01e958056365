"""What is left of a report ends as well: tombstones, old entries of the trail, accounts of those who left.

Workers may delete a closed account, and nothing else of these tables. Tombstones and the trail's beginning go
through functions, which take no report that is not erased, and no entry that is younger than two years by
the database's own clock.
A withdrawn report also loses what counting and classifying had noted.

Revision ID: 0050
Revises: 0040
"""

from __future__ import annotations

from alembic import op

revision = "0050"
down_revision = "0040"
branch_labels = None
depends_on = None

_ENDED = {"accounts": "disabled_on", "importers": "revoked_on"}
# What is erased on its day must not live on as a sample that ANALYZE took; giving a column the type it
# has drops the samples there are.
_NOT_SAMPLED = {
    "accounts": {"name": "text", "pseudonym": "text", "password_hash": "text"},
    "importers": {"name": "text", "key_hash": "bytea"},
}

_FUNCTIONS = """
-- Removes the beginning of a city's chain: what is older than a moment, and never the newest entry, from
-- which the next one goes on. Returns the last entry that went, at which the chain is to be found to begin.
create function farola.trail_shorten(before timestamptz) returns table (the_sequence bigint, the_digest bytea)
language plpgsql security definer set search_path = farola, public, pg_temp as $$
declare
    until_when timestamptz := least(before, now() - interval '730 days');
    stays bigint;
begin
    select coalesce(min(t.sequence) filter (where t.at >= until_when), max(t.sequence)) into stays
    from trail t where t.city_id = city();
    return query select t.sequence, t.digest from trail t
        where t.city_id = city() and t.sequence = stays - 1;
    delete from trail t where t.city_id = city() and t.sequence < stays;
end $$;

-- Deletes what is left of reports that came by a day and are erased, and what was decided on them.
create function farola.forget_tombstones(came_by date) returns integer
language plpgsql security definer set search_path = farola, public, pg_temp as $$
declare
    gone integer;
begin
    delete from reports r where r.city_id = city() and r.erased_on is not null and r.received_on <= came_by;
    get diagnostics gone = row_count;
    return gone;
end $$;
"""
_CALLED_BY_WORKERS = ("trail_shorten(timestamptz)", "forget_tombstones(date)")
_FORGET = """
create or replace function farola.forget_withdrawn() returns trigger
language plpgsql security definer set search_path = farola, public, pg_temp as $$
begin
    delete from messages m where m.city_id = new.city_id and m.report_id = new.id;
    delete from forwards f where f.city_id = new.city_id and f.report_id = new.id;
    delete from alerts a where a.city_id = new.city_id and a.report_id = new.id;
    delete from openings o where o.city_id = new.city_id and o.report_id = new.id;
    update reports r set duplicate_of = null where r.city_id = new.city_id and r.duplicate_of = new.id;
    new.duplicate_of := null;
    new.barred := '{{}}';{more}
    new.receipt_hash := gen_random_bytes(32);
    new.counted_in := '{{}}';
    return new;
end $$
"""
_MORE = """
    update decisions d set undo_until = null where d.city_id = new.city_id and d.report_id = new.id;
    new.model := null;
    new.counts := false;
    new.burst := false;
    new.appealed := false;
    new.countable_on := null;"""
# The lag of a city that is already there is counted from now on.
_BEGIN = """
do $$
declare
    the_city text;
begin
    for the_city in select c.city_id from farola.cities c loop
        perform set_config('farola.city', the_city, true);
        insert into farola.forgotten (city_id, item, until, erased)
        select the_city, i, now(), 0 from unnest(array['tombstone', 'trail', 'staff']) i
        on conflict do nothing;
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
        delete from farola.forgotten f where f.city_id = the_city and f.item in ('tombstone', 'trail', 'staff');
    end loop;
    perform set_config('farola.city', '', true);
end $$
"""


def upgrade() -> None:
    op.execute(_BEGIN)
    op.execute(_FUNCTIONS)
    for function in _CALLED_BY_WORKERS:
        op.execute(f"revoke execute on function farola.{function} from public")
        op.execute(f"grant execute on function farola.{function} to farola_worker")
    op.execute(_FORGET.format(more=_MORE))
    op.execute("grant update (undo_until) on farola.decisions to farola_worker")
    for table, ended in _ENDED.items():
        op.execute(
            f"create policy ended_only on farola.{table} as restrictive for delete to farola_worker "
            f"using ({ended} is not null)"
        )
        op.execute(f"grant delete on farola.{table} to farola_worker")
        op.execute(f"grant {_may_see(ended)} on farola.{table} to farola_worker")
    _sample(0)
    for table, columns in _NOT_SAMPLED.items():
        for column, kind in columns.items():
            op.execute(f"alter table farola.{table} alter column {column} type {kind}")


def _may_see(ended: str) -> str:
    return f"select (city_id, id, {ended})"


def _sample(target: int) -> None:
    for table, columns in _NOT_SAMPLED.items():
        told = ", ".join(f"alter column {column} set statistics {target}" for column in columns)
        op.execute(f"alter table farola.{table} {told}")


def downgrade() -> None:
    op.execute(_END)
    _sample(-1)
    for table, ended in _ENDED.items():
        op.execute(f"revoke delete on farola.{table} from farola_worker")
        op.execute(f"revoke {_may_see(ended)} on farola.{table} from farola_worker")
        op.execute(f"drop policy ended_only on farola.{table}")
    op.execute("revoke update (undo_until) on farola.decisions from farola_worker")
    op.execute(_FORGET.format(more=""))
    for function in _CALLED_BY_WORKERS:
        op.execute(f"drop function farola.{function}")
