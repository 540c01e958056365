"""Traces of what was erased: the workers may have tables written anew and the log moved on.

PostgreSQL leaves the bytes of deleted rows in its files, vacuumed or not, and samples of
columns in its statistics. Columns that are erased are sampled no more; samples of them go.

Revision ID: 0030
Revises: 0011
"""

from __future__ import annotations

from alembic import op

revision = "0030"
down_revision = "0011"
branch_labels = None
depends_on = None

# What is erased on its day must not live on as a sample that ANALYZE took.
_NOT_SAMPLED = {
    "reports": (
        "receipt_hash reply_key categories cell area occurred_on daypart audit primary_group language labels "
        "model urgency minor forward_consent claim_token counted_in duplicate_of barred"
    ),
    "report_keys": "wrapped",
    "sealed": "ciphertext",
    "messages": "key_hash wrapped ciphertext reply_copy",
    "photos": "size received masks width height public_blob parts",
    "photo_parts": "size received",
    "photo_chunks": "wrapped blob",
    "decisions": "categories primary_group",
    "submissions": "key_hash fingerprint answer",
    "spent_proofs": "nonce spender",
    "counters": "slot",
    "counter_keys": "key",
    "open311_requests": "request_hash",
    "sessions": "token_hash csrf_hash",
}

# Giving a column the type it has costs no rewrite and drops its samples.
_DROP_SAMPLES = """
do $$
declare
    told record;
begin
    for told in
        select a.attrelid::regclass as the_table, a.attname, format_type(a.atttypid, a.atttypmod) as the_type
        from pg_statistic s
        join pg_attribute a on a.attrelid = s.starelid and a.attnum = s.staattnum
        join pg_class c on c.oid = a.attrelid
        where c.relnamespace = 'farola'::regnamespace and a.attstattarget = 0
    loop
        execute format('alter table %s alter column %I type %s', told.the_table, told.attname, told.the_type);
    end loop;
exception when insufficient_privilege then
    raise notice 'samples of erased columns stay until the owner of the server drops them';
end $$
"""

_FUNCTIONS = """
-- Writes a table anew with the rows that are there. Says whether that left out all that was deleted
-- before a mark: a transaction that is older than the mark keeps what it might still read.
create function farola.rewrite(the_table text, mark xid8) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    the_place regnamespace := case the_table when 'pg_statistic' then 'pg_catalog' else 'farola' end;
    the_class oid;
    the_index name;
begin
    select c.oid, i.relname into strict the_class, the_index
    from pg_class c
    join pg_index x on x.indrelid = c.oid and x.indisprimary
    join pg_class i on i.oid = x.indexrelid
    where c.relnamespace = the_place and c.relname = the_table;
    -- Whoever comes after waits behind this: better to give up soon, and try again.
    perform set_config('lock_timeout', '3s', true);
    perform set_config('statement_timeout', '0', true);
    execute format('cluster %s.%I using %I', the_place, the_table, the_index);
    return (
        select bool_and(age(c.relfrozenxid) <= age(mark::xid)) from pg_class c
        where c.oid = the_class
            or c.oid = (select t.reltoastrelid from pg_class t where t.oid = the_class)
    );
exception when lock_not_available then
    return false;
end $$;

-- Goes on to a fresh file of the write-ahead log, and over all that wait to be used again: what is left
-- of a file is filled with zeros. Says whether no file from before is kept; null where this owner may not.
create function farola.move_log_on() returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    last_old text := pg_walfile_name(pg_current_wal_insert_lsn());
    waiting integer;
begin
    perform set_config('statement_timeout', '0', true);
    perform pg_logical_emit_message(false, 'farola', '');
    perform pg_switch_wal();
    checkpoint;
    select count(*) into waiting from pg_ls_waldir();
    for _ in 1..waiting loop
        perform pg_logical_emit_message(false, 'farola', '');
        perform pg_switch_wal();
    end loop;
    checkpoint;
    return not exists (select from pg_ls_waldir() w where w.name ~ '^[0-9A-F]{24}$' and w.name <= last_old);
exception when insufficient_privilege then
    return null;
end $$;
"""
_FUNCTION_NAMES = ("rewrite(text, xid8)", "move_log_on()")


def upgrade() -> None:
    _sample(0)
    op.execute(_DROP_SAMPLES)
    op.execute(_FUNCTIONS)
    for function in _FUNCTION_NAMES:
        op.execute(f"revoke execute on function farola.{function} from public")
        op.execute(f"grant execute on function farola.{function} to farola_worker")


def _sample(target: int) -> None:
    for table, columns in _NOT_SAMPLED.items():
        told = ", ".join(f"alter column {column} set statistics {target}" for column in columns.split())
        op.execute(f"alter table farola.{table} {told}")


def downgrade() -> None:
    for function in _FUNCTION_NAMES:
        op.execute(f"drop function farola.{function}")
    _sample(-1)
