"""Add a city with its boundary and areas, or bring one up to date."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from geoalchemy2.shape import from_shape
from shapely import MultiPolygon, Polygon, unary_union
from shapely.geometry import shape
from sqlalchemy import delete, select

from backend.domain.cityfile import check_form, check_help_lines, check_leave_url
from backend.domain.cityreview import check_review
from backend.domain.citystaff import check_staff
from backend.errors import UnprocessableInput
from backend.store.forgetting import begin
from backend.store.models import Area, City, Report

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from backend.store.work import Work

SRID = 4326


def add_city(work: Work, told: dict[str, Any]) -> None:
    """Write a city; told again, its boundary, areas and policy are replaced.

    The day from which periods are released stays once there are reports: with another one, they
    would be closed without having been counted.

    Args:
        work: the owner's transaction for this city.
        told: `id name country timezone languages started_on boundary areas policy help_lines`,
            geometries as GeoJSON in WGS84. Without a boundary it is the union of the areas.

    Raises:
        UnprocessableInput: a member is missing or wrong, a geometry is not valid.
    """
    areas = [_area(work.city_id, position, area) for position, area in enumerate(told["areas"])]
    if not areas:
        raise UnprocessableInput("A city needs one area at least.", field="areas")
    boundary = told.get("boundary")
    outline = _polygons(boundary, "boundary") if boundary else _union(told["areas"])
    check_help_lines(told.get("help_lines", []), told.get("languages", ()))
    check_form(told.get("policy", {}).get("form", {}), told.get("languages", ()))
    check_leave_url(told.get("policy", {}).get("leave_url"))
    check_review(told.get("policy", {}))
    check_staff(told.get("policy", {}))
    known = work.session.get(City, work.city_id)
    fresh = _city(told, outline)
    if known is not None and _has_reports(work):
        fresh.started_on = known.started_on
    work.session.merge(fresh)
    work.session.flush()
    begin(work)
    work.session.execute(delete(Area).where(Area.city_id == work.city_id))
    work.session.add_all(areas)


def _has_reports(work: Work) -> bool:
    query = select(Report.id).where(Report.city_id == work.city_id).limit(1)
    return work.session.scalar(query) is not None


def _city(told: dict[str, Any], outline: MultiPolygon) -> City:
    try:
        return City(
            city_id=told["id"],
            name=told["name"],
            country=told["country"],
            timezone=str(ZoneInfo(told["timezone"])),
            languages=list(told["languages"]),
            started_on=date.fromisoformat(told["started_on"]),
            boundary=from_shape(outline, srid=SRID),
            policy=told.get("policy", {}),
            help_lines=told.get("help_lines", []),
        )
    except KeyError as missing:
        raise UnprocessableInput(
            "The city's description lacks a member, or names no time zone.", field=str(missing.args[0])
        ) from missing


def _area(city_id: str, position: int, told: dict[str, Any]) -> Area:
    outline = _polygons(told["geometry"], f"areas.{position}.geometry")
    return Area(
        city_id=city_id, code=told["code"], name=told["name"], boundary=from_shape(outline, srid=SRID)
    )


def _polygons(geometry: dict[str, Any], field: str) -> MultiPolygon:
    """Return valid polygons of a GeoJSON geometry."""
    return _multi(shape(geometry), field)


def _union(areas: list[dict[str, Any]]) -> MultiPolygon:
    return _multi(unary_union([shape(area["geometry"]) for area in areas]), "areas")


def _multi(found: BaseGeometry, field: str) -> MultiPolygon:
    if not found.is_valid or found.is_empty:
        raise UnprocessableInput("This geometry is empty or crosses itself.", field=field)
    if isinstance(found, Polygon):
        return MultiPolygon([found])
    if isinstance(found, MultiPolygon):
        return found
    raise UnprocessableInput("A boundary is made of polygons.", field=field)
