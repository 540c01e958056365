"""Each login sees one city, and does only what its door needs."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from backend.store.models import SCHEMA, Base
from backend.store.queries import month_key
from backend.store.sealed import write_sealed
from tests.support import START

LOGINS = ("residents", "staff", "worker")
TABLES = sorted(Base.metadata.tables[name].name for name in Base.metadata.tables)


def allowed(databases, login, within, statement, **values):
    """Whether a login may run a statement; nothing is kept."""
    with databases[login].session(within) as session:
        try:
            session.execute(text(statement), values)
        except ProgrammingError as refused:
            if "permission denied" in str(refused) or "row-level security" in str(refused):
                return False
            raise
        return True


def seen(databases, login, city, table):
    with databases[login].session(city) as session:
        return {row[0] for row in session.execute(text(f"select distinct city_id from {table}"))}


@pytest.mark.parametrize("table", TABLES)
def test_every_table_leads_with_city_and_has_forced_row_level_security(databases, table):
    with databases["owner"].session("") as session:
        forced = session.execute(
            text(
                "select relrowsecurity and relforcerowsecurity from pg_class c"
                " join pg_namespace n on n.oid = relnamespace where nspname = :schema and relname = :table"
            ),
            {"schema": SCHEMA, "table": table},
        ).scalar_one()
    primary = Base.metadata.tables[f"{SCHEMA}.{table}"].primary_key.columns
    assert forced
    assert next(iter(primary)).name == "city_id"


@pytest.fixture
def two_cities(make_city, hand_in):
    one, other = make_city(), make_city()
    for city in (one, other):
        hand_in(at=city)
    return one, other


@pytest.mark.parametrize(
    ("login", "table"),
    [
        ("worker", "reports"),
        ("worker", "sealed"),
        ("staff", "reports"),
        ("residents", "areas"),
    ],
)
def test_a_login_sees_its_own_city_only(databases, two_cities, login, table):
    one, other = two_cities
    assert seen(databases, login, one, table) == {one}
    assert seen(databases, login, other, table) == {other}
    assert seen(databases, login, "", table) == set()


@pytest.mark.parametrize("login", ["staff", "worker"])
def test_another_citys_report_cannot_be_changed(databases, two_cities, login):
    one, other = two_cities
    with databases[login].session(one) as session:
        done = session.execute(
            text("update reports set urgency = 3 where city_id = :other"), {"other": other}
        )
        assert done.rowcount == 0


def test_a_report_cannot_be_put_into_another_city(databases, two_cities):
    one, other = two_cities
    insert = "insert into city_keys (city_id, month, public_key) values (:city, '1999-01', '\\x00')"
    assert allowed(databases, "worker", one, insert, city=one)
    assert not allowed(databases, "worker", one, insert, city=other)


def test_without_its_policy_a_table_shows_nothing(databases, two_cities):
    """A dropped policy is noticed: rows vanish, and the tests above fail."""
    one, _ = two_cities
    with databases["owner"].session(one) as session:
        session.execute(text("drop policy by_city on reports"))
        session.execute(text("set local role farola_worker"))
        assert session.execute(text("select count(*) from reports")).scalar_one() == 0


def test_a_login_is_neither_superuser_nor_above_the_policies(databases):
    for login in LOGINS:
        with databases[login].session("") as session:
            row = session.execute(
                text("select rolsuper, rolbypassrls, rolname from pg_roles where rolname = current_user")
            ).one()
            assert tuple(row) == (False, False, f"farola_{login}")


@pytest.mark.parametrize(
    "table",
    [
        "reports",
        "sealed",
        "report_keys",
        "photos",
        "photo_chunks",
        "submissions",
        "spent_proofs",
        "counters",
        "counter_keys",
    ],
)
@pytest.mark.parametrize("verb", ["select * from {}", "update {} set city_id = city_id", "delete from {}"])
def test_residents_cannot_read_or_change_reports(databases, city, table, verb):
    assert not allowed(databases, "residents", city, verb.format(table))


@pytest.mark.parametrize("table", ["trail", "ledger", "decisions", "reports"])
@pytest.mark.parametrize("login", ["residents", "staff", "worker"])
def test_no_login_deletes_what_must_stay(databases, city, login, table):
    assert not allowed(databases, login, city, f"delete from {table}")


@pytest.mark.parametrize("verb", ["update trail set previous = digest", "update ledger set release = ''"])
@pytest.mark.parametrize("login", LOGINS)
def test_no_login_rewrites_trail_or_ledger(databases, city, login, verb):
    assert not allowed(databases, login, city, verb)


def test_staff_read_the_public_half_only(databases, works, city, hand_in, keyring):
    report_id = UUID(hand_in()["id"])
    with works["worker"].open(city) as work:
        key = month_key(work.session, city, START)
        write_sealed(work.session, city, report_id, key, {"public_words": {"text": "redacted"}})
    for table in ("sealed", "report_keys"):
        with databases["worker"].session(city) as session:
            everything = set(session.scalars(text(f"select key_class from {table}")))
        with databases["staff"].session(city) as session:
            classes = set(session.scalars(text(f"select key_class from {table}")))
        assert everything == {"point", "words", "about_me", "public"}
        assert classes == {"public"}


@pytest.fixture
def said(works, pepper, city, hand_in):
    """A report with one message of its resident; its id."""
    from backend.steps import messages

    receipt = b"r" * 32
    report_id = hand_in(receipt=receipt)["id"]
    with works["residents"].open(city) as work:
        messages.send(work, pepper, receipt, messages.Attempt("a" * 16, "Hello?"))
    return report_id


def test_each_login_does_with_messages_what_its_door_needs(databases, city, make_city, said):
    def may(login, statement, within=city):
        return allowed(databases, login, within, statement, city=city, report=said)

    insert = (
        "insert into messages (city_id, report_id, number, author, day, month, wrapped, ciphertext)"
        " values (:city, :report, 9, '{}', '2026-11-18', '2026-11', '', '')"
    )
    assert may("staff", insert.format("city"))
    assert not may("staff", insert.format("resident"))  # nobody puts words into a resident's mouth
    assert not may("staff", insert.format("city"), within=make_city())
    assert not may("residents", insert.format("resident"))
    assert not may("residents", "select * from messages")
    for verb in ("update messages set day = day", "delete from messages"):
        assert (may("residents", verb), may("staff", verb)) == (False, False)
    assert not may("worker", "update messages set day = day")
    assert may("worker", "delete from messages")
    for login in ("staff", "worker"):
        assert seen(databases, login, city, "messages") == {city}
        assert seen(databases, login, make_city(), "messages") == set()


def test_no_login_makes_a_table_that_would_stand_before_ours(databases, city):
    for login in LOGINS:
        assert not allowed(databases, login, city, "create temporary table reports (id uuid)")


def test_proofs_are_spent_through_the_function_alone_and_forgotten_by_workers(databases, city):
    insert = "insert into spent_proofs values (:city, 'n', 's', now())"
    assert not any(allowed(databases, login, city, insert, city=city) for login in LOGINS)
    deleting = [login for login in LOGINS if allowed(databases, login, city, "delete from spent_proofs")]
    assert deleting == ["worker"]


@pytest.mark.parametrize("login", LOGINS)
def test_only_residents_hand_in_reports(databases, city, login):
    with databases[login].session(city) as session:
        may = "select has_function_privilege(oid, 'execute') from pg_proc where proname = 'take_report'"
        assert session.scalars(text(may)).all() == [login == "residents"]


def test_staff_cannot_read_original_photos_or_answers_of_idempotency(databases, city):
    assert not allowed(databases, "staff", city, "select * from photo_chunks")
    assert not allowed(databases, "staff", city, "select * from submissions")


@pytest.mark.parametrize(
    "more",
    [
        {"state": "approved"},
        {"countable_on": "2026-11-18"},
        {"primary_group": "violence"},
        {"counted_in": "{2026-Q4}"},
    ],
)
def test_who_stole_the_residents_login_cannot_write_past_review(works, city, more):
    fresh = {"state": "received"}
    columns = {
        "city_id": city, "id": str(uuid4()), "kind": "incident", "receipt_hash": b"x" * 32, "key_month": "2026-11",
        "source": "phone", "categories": "{}", "forward_consent": False, "urgency": 0, "minor": False,
        "labels": "[]", "received_on": "2026-11-18", "counts": True, "burst": False, "fence": 0, "attempts": 0,
    }  # fmt: skip

    def put(row):
        names = ", ".join(row)
        values = ", ".join(f":{name}" for name in row)
        with works["residents"].open(city) as work:
            work.session.execute(text(f"insert into farola.reports ({names}) values ({values})"), row)

    with pytest.raises(ProgrammingError, match="only fresh reports"):
        put(columns | fresh | more)
    put(columns | fresh)
