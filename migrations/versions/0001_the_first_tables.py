"""The first tables.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="what the person types to log in"),
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "moderator",
                "lead",
                "analyst",
                "city_admin",
                "operator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
                schema="farola",
            ),
            nullable=False,
        ),
        sa.Column("password_hash", sa.Text(), nullable=False, comment="argon2id"),
        sa.Column("disabled_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("city_id", "name", name=op.f("uq_accounts_city_id_name")),
        sa.UniqueConstraint("city_id", "pseudonym", name=op.f("uq_accounts_city_id_pseudonym")),
        schema="farola",
    )
    op.create_table(
        "cities",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False, comment="first day whose periods are released"),
        sa.Column(
            "boundary",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("policy", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("help_lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("city_id", name=op.f("pk_cities")),
        schema="farola",
    )
    op.create_table(
        "counter_keys",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False, comment="a day, a week or a quarter"),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("city_id", "period", name=op.f("pk_counter_keys")),
        schema="farola",
    )
    op.create_table(
        "counters",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("slot", sa.LargeBinary(), nullable=False, comment="HMAC under the period's key"),
        sa.Column("used", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("city_id", "period", "slot", name=op.f("pk_counters")),
        schema="farola",
    )
    op.create_table(
        "importers",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_importers")),
        sa.UniqueConstraint("city_id", "key_hash", name=op.f("uq_importers_city_id_key_hash")),
        schema="farola",
    )
    op.create_table(
        "ledger",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("correction", sa.SmallInteger(), nullable=False),
        sa.Column("epsilon", sa.Text(), nullable=False, comment="a fraction, spent per counted report"),
        sa.Column("plan_hash", sa.Text(), nullable=False),
        sa.Column("release", sa.LargeBinary(), nullable=False, comment="the release file, drawn once"),
        sa.Column("release_hash", sa.Text(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("city_id", "layer", "period", "correction", name=op.f("pk_ledger")),
        schema="farola",
    )
    op.create_table(
        "ledger_plans",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("correction", sa.SmallInteger(), nullable=False),
        sa.Column("plan_hash", sa.Text(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "city_id", "layer", "period", "correction", "plan_hash", name=op.f("pk_ledger_plans")
        ),
        schema="farola",
    )
    op.create_table(
        "sessions",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("csrf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("idle_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("city_id", "token_hash", name=op.f("pk_sessions")),
        schema="farola",
    )
    op.create_table(
        "submissions",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False, comment="keyed hash of the key"),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False, comment="keyed hash of the body"),
        sa.Column(
            "answer", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="holds no secret"
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("city_id", "key_hash", name=op.f("pk_submissions")),
        schema="farola",
    )
    op.create_table(
        "trail",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("city_id", "sequence", name=op.f("pk_trail")),
        schema="farola",
    )
    op.create_table(
        "areas",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "boundary",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["city_id"], ["farola.cities.city_id"], name=op.f("fk_areas_city_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("city_id", "code", name=op.f("pk_areas")),
        schema="farola",
    )
    op.create_index(
        "ix_areas_boundary", "areas", ["boundary"], unique=False, schema="farola", postgresql_using="gist"
    )
    op.create_table(
        "city_keys",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id"], ["farola.cities.city_id"], name=op.f("fk_city_keys_city_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("city_id", "month", name=op.f("pk_city_keys")),
        schema="farola",
    )
    op.create_table(
        "reports",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "incident",
                "condition",
                "safe_place",
                "audit",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
                schema="farola",
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "awaiting_photos",
                "received",
                "anonymised",
                "in_review",
                "approved",
                "rejected",
                "duplicate",
                "counted",
                "quarantined",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
                schema="farola",
            ),
            nullable=False,
        ),
        sa.Column(
            "receipt_hash",
            sa.LargeBinary(),
            nullable=False,
            comment="keyed hash; the receipt itself is never here",
        ),
        sa.Column("reply_key", sa.LargeBinary(), nullable=True, comment="public key a reply is sealed to"),
        sa.Column("key_month", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="phone, importer or history"),
        sa.Column("categories", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("cell", sa.BigInteger(), nullable=True, comment="z17; blanked after counting"),
        sa.Column("area", sa.Text(), nullable=True, comment="blanked after counting"),
        sa.Column("occurred_on", sa.Date(), nullable=True, comment="blanked after counting"),
        sa.Column(
            "daypart",
            sa.Enum(
                "morning",
                "afternoon",
                "evening",
                "night",
                name="daypart",
                native_enum=False,
                create_constraint=True,
                length=32,
                schema="farola",
            ),
            nullable=True,
            comment="blanked after counting",
        ),
        sa.Column("audit", postgresql.ARRAY(sa.SmallInteger()), nullable=True, comment="nine levels"),
        sa.Column("forward_consent", sa.Boolean(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("urgency", sa.SmallInteger(), nullable=False),
        sa.Column(
            "minor", sa.Boolean(), nullable=False, comment="a child may be involved: trained moderators"
        ),
        sa.Column(
            "labels", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="codes and scores"
        ),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False, comment="the day only, never the time"),
        sa.Column(
            "counts", sa.Boolean(), nullable=False, comment="settled at intake by the contributor's slots"
        ),
        sa.Column("burst", sa.Boolean(), nullable=False),
        sa.Column(
            "primary_group",
            sa.Enum(
                "violence",
                "intimidation",
                "harassment",
                "crime",
                "upkeep",
                "access",
                name="group",
                native_enum=False,
                create_constraint=True,
                length=32,
                schema="farola",
            ),
            nullable=True,
            comment="fixed at the first approval; blanked after counting",
        ),
        sa.Column("countable_on", sa.Date(), nullable=True, comment="fixed at the first approval"),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the sweeper should look; empty when nothing is awaited",
        ),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("claimed_by", sa.Uuid(), nullable=True),
        sa.Column("claim_token", sa.LargeBinary(), nullable=True, comment="hash of the moderator's lease"),
        sa.Column("claim_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("audit is null or cardinality(audit) = 9", name=op.f("ck_reports_audit_has_nine")),
        sa.CheckConstraint("urgency between 0 and 3", name=op.f("ck_reports_urgency_range")),
        sa.ForeignKeyConstraint(["city_id"], ["farola.cities.city_id"], name=op.f("fk_reports_city_id")),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_reports")),
        sa.UniqueConstraint("city_id", "receipt_hash", name=op.f("uq_reports_city_id_receipt_hash")),
        schema="farola",
    )
    op.create_index(
        "ix_reports_counting",
        "reports",
        ["city_id", "countable_on"],
        unique=False,
        schema="farola",
        postgresql_where=sa.text("state = 'approved'"),
    )
    op.create_index(
        "ix_reports_due",
        "reports",
        ["city_id", "due_at"],
        unique=False,
        schema="farola",
        postgresql_where=sa.text("due_at is not null"),
    )
    op.create_index(
        "ix_reports_queue",
        "reports",
        ["city_id", sa.literal_column("urgency desc"), "received_on", "id"],
        unique=False,
        schema="farola",
        postgresql_where=sa.text("state in ('in_review', 'quarantined')"),
    )
    op.create_table(
        "decisions",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "was",
            sa.Enum(
                "awaiting_photos",
                "received",
                "anonymised",
                "in_review",
                "approved",
                "rejected",
                "duplicate",
                "counted",
                "quarantined",
                "withdrawn",
                name="was",
                native_enum=False,
                create_constraint=True,
                length=32,
                schema="farola",
            ),
            nullable=False,
        ),
        sa.Column(
            "became",
            sa.Enum(
                "awaiting_photos",
                "received",
                "anonymised",
                "in_review",
                "approved",
                "rejected",
                "duplicate",
                "counted",
                "quarantined",
                "withdrawn",
                name="became",
                native_enum=False,
                create_constraint=True,
                length=32,
                schema="farola",
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False, comment="a code from the city's list"),
        sa.Column("categories", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "primary_group",
            sa.Enum(
                "violence",
                "intimidation",
                "harassment",
                "crime",
                "upkeep",
                "access",
                name="group",
                native_enum=False,
                create_constraint=True,
                length=32,
                schema="farola",
            ),
            nullable=True,
        ),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id", "report_id"],
            ["farola.reports.city_id", "farola.reports.id"],
            name=op.f("fk_decisions_city_id_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "id", name=op.f("pk_decisions")),
        schema="farola",
    )
    op.create_table(
        "photo_chunks",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("blob", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id", "report_id"],
            ["farola.reports.city_id", "farola.reports.id"],
            name=op.f("fk_photo_chunks_city_id_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "report_id", "name", "sequence", name=op.f("pk_photo_chunks")),
        schema="farola",
    )
    op.create_table(
        "photos",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "expected",
                "received",
                "redacted",
                "withheld",
                name="photostate",
                native_enum=False,
                create_constraint=True,
                length=32,
                schema="farola",
            ),
            nullable=False,
        ),
        sa.Column(
            "size",
            sa.BigInteger(),
            nullable=False,
            comment="bytes; a size class once anonymised, an exact size is a fingerprint",
        ),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("chunks", sa.Integer(), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True, comment="why it was withheld: a code"),
        sa.Column("masks", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("public_blob", sa.Text(), nullable=True, comment="sealed redacted picture"),
        sa.Column("upload_expires", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("received between 0 and size", name=op.f("ck_photos_received_range")),
        sa.ForeignKeyConstraint(
            ["city_id", "report_id"],
            ["farola.reports.city_id", "farola.reports.id"],
            name=op.f("fk_photos_city_id_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "report_id", "name", name=op.f("pk_photos")),
        sa.UniqueConstraint("city_id", "upload_id", name=op.f("uq_photos_city_id_upload_id")),
        schema="farola",
    )
    op.create_table(
        "report_keys",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column(
            "key_class",
            sa.Enum(
                "point",
                "words",
                "photos",
                "about_me",
                "public",
                name="keyclass",
                native_enum=False,
                create_constraint=True,
                length=32,
                schema="farola",
            ),
            nullable=False,
        ),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id", "report_id"],
            ["farola.reports.city_id", "farola.reports.id"],
            name=op.f("fk_report_keys_city_id_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "report_id", "key_class", name=op.f("pk_report_keys")),
        schema="farola",
    )
    op.create_table(
        "sealed",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column(
            "key_class",
            sa.Enum(
                "point",
                "words",
                "photos",
                "about_me",
                "public",
                name="keyclass",
                native_enum=False,
                create_constraint=True,
                length=32,
                schema="farola",
            ),
            nullable=False,
        ),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id", "report_id"],
            ["farola.reports.city_id", "farola.reports.id"],
            name=op.f("fk_sealed_city_id_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("city_id", "report_id", "field", "version", name=op.f("pk_sealed")),
        schema="farola",
    )


def downgrade() -> None:
    op.drop_table("sealed", schema="farola")
    op.drop_table("report_keys", schema="farola")
    op.drop_table("photos", schema="farola")
    op.drop_table("photo_chunks", schema="farola")
    op.drop_table("decisions", schema="farola")
    op.drop_index(
        "ix_reports_queue",
        table_name="reports",
        schema="farola",
        postgresql_where=sa.text("state in ('in_review', 'quarantined')"),
    )
    op.drop_index(
        "ix_reports_due",
        table_name="reports",
        schema="farola",
        postgresql_where=sa.text("due_at is not null"),
    )
    op.drop_index(
        "ix_reports_counting",
        table_name="reports",
        schema="farola",
        postgresql_where=sa.text("state = 'approved'"),
    )
    op.drop_table("reports", schema="farola")
    op.drop_table("city_keys", schema="farola")
    op.drop_index("ix_areas_boundary", table_name="areas", schema="farola", postgresql_using="gist")
    op.drop_table("areas", schema="farola")
    op.drop_table("trail", schema="farola")
    op.drop_table("submissions", schema="farola")
    op.drop_table("sessions", schema="farola")
    op.drop_table("ledger_plans", schema="farola")
    op.drop_table("ledger", schema="farola")
    op.drop_table("importers", schema="farola")
    op.drop_table("counters", schema="farola")
    op.drop_table("counter_keys", schema="farola")
    op.drop_table("cities", schema="farola")
    op.drop_table("accounts", schema="farola")
