"""What the demo's city says it did: one note of its own, made up like everything in the demo."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from backend.steps import citynotes
from backend.steps.accounts import acting_as

if TYPE_CHECKING:
    from backend.store.work import Work

_AREA = "01"
_AGO = timedelta(days=21)
_TEXTS = {
    "ca": "S'han reparat catorze fanals al voltant del mercat, i dos bancs són ara a la llum.",
    "es": "Se han reparado catorce farolas alrededor del mercado, y dos bancos están ahora a la luz.",
    "en": "Fourteen street lamps around the market were mended, and two benches now stand in the light.",
    "fr": "Quatorze lampadaires autour du marché ont été réparés, et deux bancs sont maintenant à la lumière.",
    "pt": "Catorze candeeiros à volta do mercado foram reparados, e dois bancos estão agora à luz.",
}


def tell_what_was_done(work: Work, name: str, today: date) -> None:
    """Write and publish the note in the name of one of the demo's staff."""
    actor = acting_as(work, name)
    note = citynotes.write(work, actor, area=_AREA, texts=_TEXTS, day=today - _AGO).note
    citynotes.publish(work, actor, note.id, quotes_no_report=True)
