"""Putting a release together: what was planned, what was measured, and what is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from workers.publish.document import MeasuredPlace, Region, ReleaseDocument, write_document
from workers.publish.limits import Limits
from workers.publish.plan import Plan
from workers.publish.tree import Counts


def build_document(
    plan: Plan, noisy: Counts, regions: Sequence[Region], k: float | Limits, published_at: datetime
) -> bytes:
    """Return the bytes of a release file; the same noisy numbers give the same bytes.

    `published_at` is when the release was due, never when a job happened to run.
    """
    ground = plan.geography
    limits = k if isinstance(k, Limits) else Limits.alike(k)
    return write_document(
        ReleaseDocument(
            city=ground.city,
            city_name=ground.name,
            timezone=ground.timezone,
            layer=plan.layer,
            period=plan.period,
            correction=plan.correction,
            epsilon=plan.epsilon,
            k=limits.single,
            plan=plan.hash,
            published_at=published_at,
            boundary=ground.boundary,
            areas=plan.areas,
            values=plan.values,
            measured=_measured(plan, noisy),
            regions=tuple(regions),
            k_of_sums=limits.of_sums,
        )
    )


def _measured(plan: Plan, noisy: Counts) -> tuple[MeasuredPlace, ...]:
    return tuple(
        MeasuredPlace(place.name, place.split, place.epsilon, tuple(int(number) for number in row))
        for place, row in zip(plan.places, noisy, strict=True)
    )
