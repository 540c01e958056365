"""Models and migrations say the same, and every migration can be undone."""

from __future__ import annotations

from dataclasses import replace

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from backend.domain.retention import erased_by_day
from backend.store.database import owner_engine
from backend.store.migrations import alembic_config, newest_revision
from backend.store.models import SCHEMA, Base


def differences(settings):
    engine = owner_engine(settings)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                "include_name": lambda name, kind, _: kind != "schema" or name == SCHEMA,
                "include_object": lambda _o, name, kind, *_: (kind, name) != ("table", "alembic_version"),
                "version_table_schema": SCHEMA,
                "compare_type": True,
            },
        )
        found = compare_metadata(context, Base.metadata)
    engine.dispose()
    return found


def test_models_and_migrations_agree(settings):
    assert differences(settings) == []


def test_the_comparison_would_notice_a_missing_column(settings, monkeypatch):
    columns = Base.metadata.tables[f"{SCHEMA}.reports"].columns
    monkeypatch.setattr(columns["language"], "nullable", False)
    assert differences(settings)


def test_migrations_go_down_and_up_again(settings, services):
    from backend.store.migrations import migrate
    from tests.support import fresh_database

    with fresh_database(services, f"{settings.owner_url.rsplit('/', 1)[-1].split('?')[0]}_down") as url:
        own = replace(settings, database_url=url)
        migrate(own)
        engine = owner_engine(own)
        with engine.begin() as connection:
            command.downgrade(alembic_config(connection), "base")
        with engine.connect() as connection:
            assert inspect(connection).get_table_names(schema=SCHEMA) == ["alembic_version"]
        assert migrate(own) == newest_revision()
        engine.dispose()


def test_what_an_earlier_release_left_is_taken_along(settings, services):
    """A city and a withdrawn report of the first release, brought to the newest."""
    from backend.store.migrations import migrate
    from tests.support import fresh_database

    with fresh_database(services, f"{settings.owner_url.rsplit('/', 1)[-1].split('?')[0]}_old") as url:
        own = replace(settings, database_url=url)
        migrate(own)
        engine = owner_engine(own)
        with engine.begin() as connection:
            command.downgrade(alembic_config(connection), "0003")
            connection.execute(text(_OLD))
        with engine.begin() as connection:
            command.upgrade(alembic_config(connection), "head")
        with engine.begin() as connection:
            connection.execute(text("select set_config('farola.city', 'old', true)"))
            items = connection.scalars(text("select item from farola.forgotten where city_id = 'old'")).all()
            receipt = connection.scalar(text("select receipt_hash from farola.reports"))
        engine.dispose()
    assert sorted(items) == sorted(erased_by_day())
    assert bytes(receipt) != b"r" * 32


_OLD = """
insert into farola.cities (city_id, name, country, timezone, languages, started_on, boundary, policy, help_lines)
values ('old', 'Old', 'ES', 'Europe/Madrid', '{en}', '2026-01-01',
        ST_GeomFromText('MULTIPOLYGON(((2 41, 3 41, 3 42, 2 42, 2 41)))', 4326), '{}', '[]');
insert into farola.reports (
    city_id, id, kind, state, receipt_hash, key_month, source, categories, forward_consent, urgency, minor,
    labels, received_on, counts, burst, fence, attempts
) values ('old', '8e03978e-40d5-43e8-bc93-6894a57f9324', 'incident', 'withdrawn', convert_to(repeat('r', 32), 'UTF8'),
    '2026-01', 'phone', '{}', false, 0, false, '[]', '2026-01-02', true, false, 0, 0)
"""
