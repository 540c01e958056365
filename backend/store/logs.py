"""Logging that can hold only events, ids and codes: whatever else is said to it is withheld."""

from __future__ import annotations

import json
import logging
import re
import sys
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

WITHHELD = "withheld"
# An id, a code, a file and line, an instant: one word without spaces. Sentences do not pass.
_CODE = re.compile(r"[A-Za-z0-9_.:/+\-]{1,80}", re.ASCII)


def only_codes(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Keep numbers and single words of a log line; replace everything else."""
    return {name: _kept(value) for name, value in event.items()}


def _kept(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value) if _CODE.fullmatch(str(value)) else WITHHELD


class LibraryLine(logging.Formatter):
    """A library's log record: who spoke and how loudly; its words may quote what a resident sent."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one JSON document."""
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        told = {
            "event": "library",
            "level": record.levelname.lower(),
            "logger": record.name,
            "at": f"{record.module}:{record.lineno}",
            "kind": kind,
        }
        return json.dumps(told)


def set_up() -> None:
    """Send all logs of this process to stderr, one JSON document a line."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_codes,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LibraryLine())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
