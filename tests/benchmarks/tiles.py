"""How fast tiles are made and handed out, beside PostGIS, tippecanoe, tipg and nginx.

`encode_vs_asmvt`: all tiles of z8 to z14 of 25,600 cells with five whole numbers each, as bytes
in memory, here and by ST_AsMVT. `encode_vs_tippecanoe`: the same tiles in memory, and by
tippecanoe, which also compresses and stores them; `archive_vs_tippecanoe`: compressed in one
file by both. `serve_vs_tipg`, `serve_vs_nginx`: answers a second to wrk for the z12 to z14
tiles of the same cells, from `farola serve`, from tipg over PostGIS, and from nginx over files
of the same compressed bytes. `growth_z12`: what handing out a z12 tile costs at 10 million
reports, as a share of what it costs at 10 thousand; `growth_encode_z12` the same for making it.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from time import perf_counter
from urllib.parse import quote

import numpy as np
import psycopg
from pmtiles.reader import MmapSource, all_tiles
from pmtiles.tile import TileType
from sqlalchemy import make_url
from support import ROUNDS, in_turn, of_packages, of_program, record
from support.cells import ZOOMS, Squares, as_geojson, as_mvt, squares, store
from support.cities import CITY, release_of, release_of_squares
from support.peers import environment, load, nginx, tipg, tippecanoe
from support.processes import Installation, fresh_installation, need, serving

from backend.store.releases import VECTOR
from workers.publish.archive import write_archive
from workers.publish.cutting import Ground, cut
from workers.publish.mvt import encode_tiles, table_of
from workers.publish.shapes import Drawing
from workers.publish.shelf import Shelf
from workers.publish.tiles import tiles_of

SIDE = 160
SECONDS = float(os.environ.get("FAROLA_BENCH_SECONDS", "5"))
CONNECTIONS, WORKERS = 32, os.cpu_count() or 1
FEW, MANY = 10_000, 10_000_000
TABLE = "bench_cells"
BOUNDS = (1.2, 41.0, 1.8, 41.4)
Figures = dict[str, list[float]]


def encoded(city: Squares) -> list[tuple[tuple[int, int, int], bytes]]:
    """All tiles of a city of squares, straight from sorted cells."""
    none = np.empty(0, dtype=np.int64)
    ground = Ground(np.arange(SIDE * SIDE), city.edges, none, none.astype(object))
    return list(tiles_of("map", ground, table_of(city.columns)))


def seconds(action: Callable[[], object]) -> float:
    started = perf_counter()
    action()
    return perf_counter() - started


def encoding(connection: psycopg.Connection[tuple[object]], city: Squares) -> Figures:
    made, theirs = encoded(city), as_mvt(connection, TABLE, city)
    if len(made) != len(theirs):
        raise SystemExit(f"{len(made)} tiles here, {len(theirs)} by ST_AsMVT: not the same work.")
    ours, peers = in_turn(
        ROUNDS,
        lambda: seconds(lambda: encoded(city)),
        lambda: seconds(lambda: as_mvt(connection, TABLE, city)),
    )
    return {"encode_vs_asmvt": _shares(peers, ours), "encode_s": ours, "asmvt_s": peers}


def archiving(python: Path, folder: Path, city: Squares) -> Figures:
    source, target = folder / "cells.geojsonl", folder / "cells.pmtiles"
    source.write_text(as_geojson(city))
    keep = [
        "--no-feature-limit",
        "--no-tile-size-limit",
        "--no-line-simplification",
        "--no-tiny-polygon-reduction",
    ]
    size = ["-Z", str(ZOOMS[0]), "-z", str(ZOOMS[-1]), "-b", "4", "-l", "map"]
    command = [tippecanoe(python), "-q", "-f", "-P", *keep, *size, "-o", str(target), str(source)]
    mine = folder / "mine.pmtiles"

    def ours() -> float:
        about = {"vector_layers": []}
        return seconds(lambda: mine.write_bytes(write_archive(encoded(city), TileType.MVT, BOUNDS, about)))

    def theirs() -> float:
        return seconds(lambda: subprocess.run(command, check=True, capture_output=True))

    plain, made, peers = in_turn(ROUNDS, lambda: seconds(lambda: encoded(city)), ours, theirs)
    return {
        "encode_vs_tippecanoe": _shares(peers, plain), "archive_vs_tippecanoe": _shares(peers, made),
        "archive_s": made, "tippecanoe_s": peers,
    }  # fmt: skip


def _shares(of: Iterable[float], to: Iterable[float]) -> list[float]:
    """Values of the same round, one as a share of the other."""
    return [one / other for one, other in zip(of, to, strict=True)]


def shelved(folder: Path, period: str, data: bytes) -> Path:
    Shelf(folder, CITY).place("map", period, data)
    return folder / CITY / "map" / period


def archived(release: Path) -> dict[tuple[int, int, int], bytes]:
    with (release / VECTOR).open("rb") as file:
        return dict(all_tiles(MmapSource(file)))


def files_of(tiles: Mapping[tuple[int, int, int], bytes], root: Path) -> None:
    """The same compressed bytes as files for nginx."""
    for (z, x, y), data in tiles.items():
        file = root / str(z) / str(x) / f"{y}.mvt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def listed(file: Path, form: str, tiles: Iterable[tuple[int, int, int]]) -> Path:
    file.write_text("".join(f"{form.format(z=z, x=x, y=y)}\n" for z, x, y in sorted(tiles)))
    return file


def serving_figures(python: Path, folder: Path, address: str, database_url: str, city: Squares) -> Figures:
    own = f"/v1/cities/{CITY}/layers/map/2026-Q4/{{z}}/{{x}}/{{y}}.mvt"
    theirs = f"/collections/public.{TABLE}/tiles/WebMercatorQuad/{{z}}/{{x}}/{{y}}"
    tiles = {
        tile: data
        for tile, data in archived(folder / "releases" / CITY / "map" / "2026-Q4").items()
        if tile[0] >= 12
    }
    files_of(tiles, folder / "static")
    lists = [
        listed(folder / "ours.txt", own, tiles),
        listed(folder / "nginx.txt", "/{z}/{x}/{y}.mvt", tiles),
        listed(folder / "tipg.txt", theirs, (tile for tile, _ in encoded(city) if tile[0] >= 12)),
    ]
    probes = [file.read_text().splitlines()[0] for file in lists]
    with (
        nginx(folder, folder / "static", probes[1], WORKERS) as static,
        tipg(python, database_url, probes[2], WORKERS) as dynamic,
    ):
        sides = [
            lambda at=at, file=file: load(at, file, connections=CONNECTIONS, seconds=SECONDS)
            for at, file in zip((address, static, dynamic), lists, strict=True)
        ]
        ours, files, peers = in_turn(ROUNDS, *sides)
    return {
        "serve_vs_nginx": _shares(ours, files), "serve_vs_tipg": _shares(ours, peers),
        "tiles_per_s": ours, "nginx_per_s": files, "tipg_per_s": peers,
    }  # fmt: skip


def growth(folder: Path, address: str) -> Figures:
    """What a z12 tile costs at many reports as a share of what it costs at few, handed out and made."""
    lists, makings = [], []
    for period, number in (("2026-Q2", FEW), ("2026-Q3", MANY)):
        document = release_of(number, period)
        tiles = archived(shelved(folder / "releases", period, document.data))
        form = f"/v1/cities/{CITY}/layers/map/{period}/{{z}}/{{x}}/{{y}}.mvt"
        lists.append(listed(folder / f"{period}.txt", form, (tile for tile in tiles if tile[0] == 12)))
        makings.append(partial(_made, Drawing(document.read)))
    loads = [
        lambda file=file: 1 / load(address, file, connections=CONNECTIONS, seconds=SECONDS) for file in lists
    ]
    few, many = in_turn(ROUNDS, *loads)
    made_few, made_many = in_turn(ROUNDS, *(lambda make=make: seconds(make) for make in makings))
    return {"growth_z12": _shares(many, few), "growth_encode_z12": _shares(made_many, made_few)}


def _made(drawing: Drawing) -> list[bytes]:
    _, pieces = cut(drawing.ground, 12)
    return list(encode_tiles("map", table_of(drawing.columns), pieces))


def versions(python: Path) -> dict[str, str]:
    told = of_packages("numpy", "shapely", "granian", "flask")
    for name in ("tipg", "cubao-tippecanoe", "uvicorn"):
        script = f"import importlib.metadata as m; print(m.version({name!r}))"
        told[name] = of_program(str(python), "-c", script)
    told["nginx"], told["wrk"] = of_program("nginx", "-v"), of_program("wrk", "-v")
    return told


def run(folder: Path, installation: Installation) -> Figures:
    python, city = environment(folder), squares(SIDE)
    url = make_url(installation.environ["DATABASE_URL"]).set(drivername="postgresql")
    plain = url.render_as_string(hide_password=False)
    # tipg wants the folder of a socket where others want a host.
    beside = plain.replace("@/", f"@{quote(str(url.query.get('host', '')), safe='')}/").partition("?")[0]
    with psycopg.connect(plain, autocommit=True) as connection:
        store(connection, TABLE, city)
        figures = encoding(connection, city)
        postgis = connection.execute("select PostGIS_Lib_Version(), version()").fetchone()
    figures |= archiving(python, folder, city)
    shelved(folder / "releases", "2026-Q4", release_of_squares(city, "2026-Q4").data)
    releases = {"FAROLA_RELEASES_DIR": str(folder / "releases")}
    with serving(installation, "--workers", str(WORKERS), "--threads", "2", **releases) as (address, _):
        figures |= serving_figures(python, folder, address, beside if url.query.get("host") else plain, city)
        figures |= growth(folder, address)
    told = versions(python) | {"postgis": str(postgis[0]), "postgresql": str(postgis[1]).split(",")[0]}
    record("tiles", figures, told)
    return figures


def main() -> None:
    for program, package in (("wrk", "wrk"), ("nginx", "nginx-light")):
        need(program, package)
    with (
        tempfile.TemporaryDirectory(prefix="farola-tiles-") as folder,
        fresh_installation(Path(folder)) as made,
    ):
        run(Path(folder), made)


if __name__ == "__main__":
    main()
