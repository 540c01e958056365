"""Areas coarse enough to show something: neighbours are pooled until enough is expected.

The rule is public and reads only public things. A pool stands when the reports expected in it,
shared evenly over the layer's cross values, reach 8 / epsilon; at the layers' epsilon of 0.2 that
is 40, a little above what noise alone must not pass in a city of ten areas. While one pool falls
short, the one with the fewest expected joins the touching pool with the fewest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import shapely

from backend.domain.grid import Area, Geography
from workers.publish.document import PublishedArea, multipolygon

FLOOR = 8  # reports a cross value, at epsilon 1
_TOUCH = 1e-4  # degrees, about ten metres: outlines drawn apart still touch


def pool_areas(
    geography: Geography, expected: Mapping[str, float], epsilon: Fraction, values: int
) -> tuple[PublishedArea, ...]:
    """Return one partition of the city's areas; `expected` counts reports by area code.

    A city without areas is one area: itself.
    """
    areas = geography.areas or (Area("city", geography.name, geography.boundary),)
    floor = float(FLOOR / epsilon) * values
    touching = _touching(areas)
    pools: list[tuple[str, ...]] = [(area.code,) for area in sorted(areas, key=lambda area: area.code)]
    while len(pools) > 1 and min(_sum(pool, expected) for pool in pools) < floor:
        pools = _merged(pools, expected, touching)
    by_code = {area.code: area for area in areas}
    return tuple(_published([by_code[code] for code in pool]) for pool in sorted(pools))


def _merged(
    pools: Sequence[tuple[str, ...]], expected: Mapping[str, float], touching: set[tuple[str, str]]
) -> list[tuple[str, ...]]:
    least, *others = sorted(pools, key=lambda pool: (_sum(pool, expected), pool))
    near = [pool for pool in others if any((a, b) in touching for a in least for b in pool)]
    partner = (near or others)[0]
    return [tuple(sorted(least + partner)), *(pool for pool in others if pool != partner)]


def _sum(pool: Sequence[str], expected: Mapping[str, float]) -> float:
    return sum(expected.get(code, 0.0) for code in pool)


def _touching(areas: Sequence[Area]) -> set[tuple[str, str]]:
    tree = shapely.STRtree([area.polygon for area in areas])
    pairs = tree.query([area.polygon for area in areas], predicate="dwithin", distance=_TOUCH)
    return {(areas[a].code, areas[b].code) for a, b in pairs.T if a != b}


def _published(areas: Sequence[Area]) -> PublishedArea:
    """Return the pool of areas, under a name and code made of theirs."""
    outline = multipolygon(shapely.union_all([area.polygon for area in areas]))
    codes = tuple(area.code for area in areas)
    return PublishedArea("+".join(codes), ", ".join(area.name for area in areas), codes, outline)
