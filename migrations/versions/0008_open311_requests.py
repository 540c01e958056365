"""What the Open311 door needs to answer the holder of a token.

A request gets its id when its token is first exchanged for one. It is found by the hash of
that id, which only the holder of the token can derive; what staff see of the report does not
lead to it. The row goes with the receipt: when the report is withdrawn or forgotten, its
receipt's hash changes, and nothing tells that there was a request.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_BY_CITY = "city_id = current_setting('farola.city', true)"

_FUNCTIONS = """
-- Exchanges a receipt for the request's id. Only reports that importers handed in are requests:
-- a receipt that was made on a phone has no business in an address.
create function farola.open311_exchange(the_receipt bytea, the_request bytea) returns boolean
language plpgsql security definer set search_path = farola, public, pg_temp as $$
begin
    insert into open311_requests (city_id, request_hash, report_id)
    select r.city_id, the_request, r.id from reports r
    where r.city_id = city() and r.receipt_hash = the_receipt and r.source = 'importer'
        and r.state <> 'withdrawn'
    on conflict do nothing;
    return found or exists (
        select 1 from open311_requests o where o.city_id = city() and o.request_hash = the_request);
end $$;

create function farola.open311_request(the_request bytea)
returns table (kind text, state text, categories text[], received_on date, closed_on date)
language sql stable security definer set search_path = farola, public, pg_temp as $$
    select r.kind, r.state, r.categories, r.received_on, r.closed_on
    from open311_requests o join reports r on r.city_id = o.city_id and r.id = o.report_id
    where o.city_id = city() and o.request_hash = the_request and r.state <> 'withdrawn'
$$;

create function farola.forget_request() returns trigger
language plpgsql security definer set search_path = farola, public, pg_temp as $$
begin
    delete from open311_requests o where o.city_id = new.city_id and o.report_id = new.id;
    return null;
end $$;

-- Without a list of columns: the hash is also changed by a trigger, which no list would notice.
create trigger forget_request after update on farola.reports for each row
when (new.receipt_hash <> old.receipt_hash) execute function farola.forget_request();
"""

_CALLED_BY_RESIDENTS = ("open311_exchange(bytea, bytea)", "open311_request(bytea)")


def upgrade() -> None:
    op.create_table(
        "open311_requests",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column(
            "request_hash",
            sa.LargeBinary(),
            nullable=False,
            comment="keyed hash of the service_request_id, which only the token's holder can derive",
        ),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id", "report_id"],
            ["farola.reports.city_id", "farola.reports.id"],
            name=op.f("fk_open311_requests_city_id_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "request_hash", name=op.f("pk_open311_requests")),
        sa.UniqueConstraint("city_id", "report_id", name=op.f("uq_open311_requests_city_id_report_id")),
        schema="farola",
    )
    op.execute("alter table farola.open311_requests enable row level security")
    op.execute("alter table farola.open311_requests force row level security")
    op.execute(f"create policy by_city on farola.open311_requests using ({_BY_CITY}) with check ({_BY_CITY})")
    op.execute(_FUNCTIONS)
    op.execute("revoke execute on all functions in schema farola from public")
    for function in _CALLED_BY_RESIDENTS:
        op.execute(f"grant execute on function farola.{function} to farola_residents")


def downgrade() -> None:
    op.execute("drop trigger forget_request on farola.reports")
    op.execute("drop function farola.forget_request()")
    for function in _CALLED_BY_RESIDENTS:
        op.execute(f"drop function farola.{function}")
    op.drop_table("open311_requests", schema="farola")
