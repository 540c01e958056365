"""What JSON readers disagree about, and what no database can hold, is refused before any schema sees it."""

import json
import time

import pytest
from hypothesis import given, settings, strategies
from marshmallow import Schema, ValidationError, fields

from backend.api.schemas import base
from backend.api.strict import MAX_DEPTH, MAX_DIGITS, MAX_PARTS, read_json
from backend.errors import InvalidInput

DEEP = 100_000


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", None),
        (b"{", None),
        (b"{}{}", None),
        (b'{"a": 1,}', None),
        (b"{'a': 1}", None),
        (b"\xef\xbb\xbf{}", None),
        (b'{"a": "\xff"}', None),
        (b'{"a": "\xed\xa0\x80"}', None),
        (b'{"a": "raw \x00 inside"}', None),
        ('{"a": １２}'.encode(), None),  # noqa: RUF001 (digits of another script)
        (b"[" * DEEP, None),
        (b'{"a":' * DEEP, None),
        (b"[" * DEEP + b"]" * DEEP, None),
        (b"[" + b"0," * MAX_PARTS + b"0]", None),
        (b"[" + b"{}," * (MAX_PARTS // 2) + b"{}]", None),
        (b"{" + b",".join(b'"%x": 0' % name for name in range(MAX_PARTS + 1)) + b"}", None),
        (b'{"a": [{"b": NaN}]}', "a.0.b"),
        (b'{"a": Infinity}', "a"),
        (b'{"a": -Infinity}', "a"),
        (b'{"a": 1e400}', "a"),
        (b'{"a": -1e99999}', "a"),
        (b'{"a": ' + b"9" * (MAX_DIGITS + 1) + b"}", "a"),
        (b'{"a": ' + b"9" * 5000 + b"}", "a"),
        (b'{"a": 0.' + b"1" * MAX_DIGITS + b"}", "a"),
        (b'{"a": {"b": 1, "b": 1}}', "a.b"),
        (b'{"a": 1, "\\u0061": 2}', "a"),
        (b'{"a": ["x", "\\u0000"]}', "a.1"),
        (b'{"a": "\\ud800"}', "a"),
        (b'{"a": "\\udc00\\ud800"}', "a"),
        (b'{"a": {"\\u0000": 1}}', "a"),
        (b'"\\ud83d"', None),
    ],
)
def test_what_readers_disagree_about_is_refused(body, field):
    with pytest.raises(InvalidInput) as refused:
        read_json(body)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": "\\ud83d\\ude00 [[[[", "b": [1, -2.5e3, true, null]}',
        b"[" * MAX_DEPTH + b"]" * MAX_DEPTH,
        b'"' + b"[" * 60_000 + b'"',
        b'"' + b'\\"[' * 20_000 + b'"',
        b"9" * MAX_DIGITS,
        b"[" + b"0," * (MAX_PARTS - 1) + b"0]",
        b'"' + b"," * (MAX_PARTS + 1) + b'"',
        b'[{"a": 1}, {"a": 1}]',
    ],
)
def test_everything_else_is_read_as_it_is(body):
    assert read_json(body) == json.loads(body)


def test_no_body_takes_long():
    bodies = [
        b'"' * 65_536,
        b'"\\' * 32_768,
        b"[" * 65_536,
        b"{" * 65_536,
        b'{"a":"\\"' * 8_000,
        b"9" * 65_536,
        # As long as a whole batch may be.
        b'{"reports": [' + b"{}," * 1_000_000 + b"{}]}",
        b'{"' + b"a" * 1_000_000 + b'": [' + b"0," * 1_000_000 + b"0]}",
    ]
    began = time.process_time()
    for body in bodies:
        with pytest.raises(InvalidInput):
            read_json(body)
    assert time.process_time() - began < 5  # quadratic work would take minutes


_values = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers(-(2**63), 2**63) | strategies.text(),
    lambda inner: strategies.lists(inner) | strategies.dictionaries(strategies.text(), inner),
    max_leaves=20,
)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(strategies.binary() | _values.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_read_or_refused(body):
    try:
        told = read_json(body)
    except InvalidInput:
        return
    assert told == json.loads(body)
    json.dumps(told, ensure_ascii=False).encode()


FIELDS = {
    "string": base.StrictString(),
    "integer": base.StrictInteger(),
    "number": base.StrictFloat(),
    "flag": base.StrictBoolean(),
    "day": base.StrictDate(),
    "uuid": base.StrictUUID(),
    "key": base.Base64Url(32),
    "query": base.QueryInteger(),
    "nested": fields.Nested({"inner": base.StrictFloat()}),
}
UUID = "8e03978e-40d5-43e8-bc93-6894a57f9324"
FULLWIDTH = "\uff11\uff12"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("string", value) for value in (1, 1.5, True, None, [], {}, b"x")],
        *[("integer", value) for value in ("1", FULLWIDTH, 1.0, True, None, 2**53, 10**39, [])],
        *[("number", value) for value in ("1", "1.5", FULLWIDTH, True, None, [], "NaN")],
        *[("flag", value) for value in (0, 1, "true", "yes", "", None)],
        *[
            ("day", value)
            for value in ("2026-1-1", "2026-02-30", f"20{FULLWIDTH}-01-01", "2026-11-20\n", 20261120)
        ],
        *[("day", value) for value in ("2026-W01-1", "2026-11-20T00:00:00Z", "20261120")],
        *[
            ("uuid", value)
            for value in (f"{{{UUID}}}", f"urn:uuid:{UUID}", UUID.replace("-", ""), 5, UUID + "\n")
        ],
        ("uuid", UUID.replace("0", "\uff10")),
        *[
            ("key", value)
            for value in ("", "A" * 42, "A" * 44, "A" * 42 + "=", "A" * 42 + "+", "\uff21" * 43, 7)
        ],
        *[("query", value) for value in (FULLWIDTH, "1_0", " 1", "+1", "1.0", "", "9" * 40, 1)],
        ("nested", {"inner": "1"}),
        ("nested", {"inner": 1, "outer": 2}),
        ("nested", []),
        ("unknown", 1),
    ],
)
def test_nothing_is_turned_into_something_else(name, value):
    schema = base.JsonSchema.from_dict(FIELDS)()
    with pytest.raises(ValidationError) as refused:
        schema.load({name: value})
    assert set(refused.value.messages) == {name}


def test_what_is_meant_is_read():
    assert issubclass(base.JsonSchema, Schema)
    told = base.JsonSchema.from_dict(FIELDS)().load(
        {"string": "x", "integer": -3, "number": 2, "flag": False, "day": "2026-11-20", "uuid": UUID,
         "key": "A" * 43, "query": "-12", "nested": {"inner": 0.5}}
    )  # fmt: skip
    assert told["number"] == 2.0
    assert told["key"] == bytes(32)
    assert told["query"] == -12
    assert str(told["uuid"]) == UUID
