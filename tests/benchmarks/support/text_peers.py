"""Runs in an environment of its own: what scrubadub and datafog find in the texts on stdin."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from time import process_time

import datafog
import scrubadub


def by_scrubadub() -> Callable[[str], Iterator[tuple[int, int]]]:
    """Scrubadub as its documentation starts: every detector that is on by default."""
    scrubber = scrubadub.Scrubber()
    return lambda text: ((filth.beg, filth.end) for filth in scrubber.iter_filth(text))


def by_datafog() -> Callable[[str], Iterator[tuple[int, int]]]:
    """Datafog as its documentation starts: one call, with the rules that come with it."""
    return lambda text: ((found.start, found.end) for found in datafog.scan(text).entities)


def main() -> None:
    texts = json.load(sys.stdin)
    told = {}
    for name, find in (("scrubadub", by_scrubadub()), ("datafog", by_datafog())):
        started = process_time()
        spans = [list(find(text)) for text in texts]
        told[name] = {"spans": spans, "seconds": process_time() - started}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
