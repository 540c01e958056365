"""A whole made-up city: what a real one with so many reports would get to see."""

from collections import Counter

from backend.domain.layers import CATEGORY, DAYPART, GENDER
from backend.domain.periods import period_named
from workers.publish.plan import plan_layer, roll_up


def test_a_city_of_two_thousand_cells_sees_its_map_on_several_levels(make):
    city = make.city(0.145)
    _, second = make.map_releases(city, 3000, ["2026-Q1", "2026-Q2"])
    cells = sum(len(place.values) for place in second.measured)
    shown = Counter(region.zoom for region in second.regions if region.shown)
    assert cells > 100
    assert len([zoom for zoom, number in shown.items() if number > 3]) >= 2
    told = sum(region.estimate for region in second.regions if region.shown)
    fine = sum(region.estimate for region in second.regions if region.shown and region.zoom >= 15)
    assert told > 2600
    assert fine > 1500


def test_the_crossed_layers_of_a_city_with_1200_reports_are_not_empty(make):
    city = make.city(0.145, columns=5)
    maps = make.map_releases(city, 1200, ["2026-Q1"])
    cells = make.reports(city, 1200, 1).tolist()
    codes = [city.areas[number % 10].code for number in range(1200)]
    for layer, places in ((CATEGORY, cells), (DAYPART, codes), (GENDER, codes)):
        plan = plan_layer(layer, period_named("2026-Q2"), city, maps)
        values = [layer.values[number // 10 % len(layer.values)] for number in range(1200)]
        release = make.release(plan, roll_up(plan, places, values, [1] * 1200))
        assert sum(region.shown for region in release.regions) >= len(layer.values)
