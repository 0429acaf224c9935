"""The sample street's villages: made, not surveyed, and the file says so.

A relaxed Voronoi diagram gives 23 cells; every border between two junctions is bent once and used by both of its
neighbours, so that borders are shared exactly and leave neither gap nor overlap.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry import LineString, Polygon, mapping, shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

__all__ = ["PLANE", "Village", "boundaries_path", "read_boundaries", "write_boundaries"]

PLANE: Final = "EPSG:4547"
"""Plane in which the street is made, metres: CGCS2000, 3-degree zone, central meridian 114°E."""

_SEED: Final = 441399
_CENTRE_LON_LAT: Final = (114.50, 23.05)
_RADIUS_M: Final = 2250.0
_PIECE_M: Final = 95.0
_BEND: Final = 0.045
_DECIMALS: Final = 7
"""About 1 cm: junctions are rounded before the arcs are joined, so both neighbours round alike."""

_COMMUNITIES: Final = ("河畔社区", "新桥社区", "荔苑社区", "东园社区", "榕荫社区")
_VILLAGES: Final = (
    "埔心村", "禾塘村", "上径村", "石楼岗村", "榕树头村", "水坑口村", "黄泥塱村", "竹园吓村", "新围仔村",
    "白石岭村", "大坪头村", "松山下村", "鹤洲塘村", "麻陂坑村", "沙井尾村", "龙眼坜村", "东升围村", "茶亭坳村",
)  # fmt: skip
_DESCRIPTION: Final = (
    "SYNTHETIC. The villages and communities of a street that does not exist, in the fictional county 441399: a "
    "relaxed Voronoi diagram around 114.50E 23.05N with bent borders, made by lvgeo.simulate.boundaries (seed "
    f"{_SEED}). Names are invented. 本数据为虚构示例：村（社区）、界线与代码均由程序生成，不代表任何真实行政区。"
)


@dataclass(frozen=True, slots=True)
class Village:
    """A village or community of the sample street.

    Parameters
    ----------
    code
        12 digits.
    name
        Its Chinese name.
    kind
        ``village`` or ``community``.
    geometry
        Polygon in degrees, (lon, lat), EPSG:4490.
    """

    code: str
    name: str
    kind: str
    geometry: Polygon


def boundaries_path() -> Path:
    """Where the shipped boundaries lie: in the installed package, else in the checkout.

    Examples
    --------
    >>> boundaries_path().name
    'villages.geojson'
    """
    package = Path(__file__).resolve().parent.parent
    installed = package / "data" / "boundaries" / "villages.geojson"
    return installed if installed.is_file() else package.parent / "data" / "boundaries" / "villages.geojson"


def read_boundaries(path: Path) -> tuple[Village, ...]:
    """Read the sample street's villages, sorted by code.

    Examples
    --------
    >>> len(read_boundaries(boundaries_path()))
    23
    """
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    villages = (
        Village(one["properties"]["village_code"], one["properties"]["village"], one["properties"]["kind"],
                shape(one["geometry"]))
        for one in features
    )  # fmt: skip
    return tuple(sorted(villages, key=lambda village: village.code))


def write_boundaries(path: Path) -> None:
    """Make the sample street's villages and write them as GeoJSON: the same bytes every time.

    Parameters
    ----------
    path
        File to write; its folder must exist.
    """
    features = [_feature(village) for village in _make_villages()]
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    head = {
        "type": "FeatureCollection",
        "name": "villages",
        "synthetic": True,
        "description": _DESCRIPTION,
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}},
    }
    text = json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "features": [\n' + lines + "\n ]\n}\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def _feature(village: Village) -> dict[str, Any]:
    properties = {"village_code": village.code, "village": village.name, "kind": village.kind}
    return {"type": "Feature", "properties": properties, "geometry": mapping(village.geometry)}


def _make_villages() -> tuple[Village, ...]:
    """Cells of the diagram, the five most central of them communities, named from north to south."""
    rng = np.random.default_rng(_SEED)
    cells = _bent(_relaxed(rng), rng)
    centre = shapely.Point(*_CENTRE_LON_LAT)
    by_distance = sorted(cells, key=lambda cell: float(cell.centroid.distance(centre)))
    communities = _named(by_distance[: len(_COMMUNITIES)], _COMMUNITIES, "community", 1)
    villages = _named(by_distance[len(_COMMUNITIES) :], _VILLAGES, "village", 200)
    return (*communities, *villages)


def _named(cells: Sequence[Polygon], names: Sequence[str], kind: str, first: int) -> list[Village]:
    ordered = sorted(cells, key=lambda cell: (-float(cell.centroid.y), float(cell.centroid.x)))
    return [
        Village(f"441399001{first + number:03d}", name, kind, cell)
        for number, (name, cell) in enumerate(zip(names, ordered, strict=True))
    ]


def _outline(rng: np.random.Generator) -> Polygon:
    """Blob around the centre, metres in the plane."""
    east, north = Transformer.from_crs("EPSG:4490", PLANE, always_xy=True).transform(*_CENTRE_LON_LAT)
    angle = np.linspace(0.0, 2.0 * np.pi, 24, endpoint=False)
    radius = _RADIUS_M * (1.0 + 0.10 * np.cos(2 * angle + 0.7) + rng.uniform(-0.04, 0.04, angle.size))
    return Polygon(np.column_stack([east + radius * np.cos(angle), north + radius * np.sin(angle)]))


def _relaxed(rng: np.random.Generator) -> list[Polygon]:
    """Cells of a few rounds of Lloyd's relaxation: alike in size, but not a honeycomb."""
    outline = _outline(rng)
    west, south, east, north = outline.bounds
    count = len(_COMMUNITIES) + len(_VILLAGES)
    random = rng.uniform((west, south), (east, north), (count * 6, 2))
    points = random[shapely.contains_xy(outline, random)][:count]
    cells = _cells(points, outline)
    for _ in range(4):
        points = np.array([cell.centroid.coords[0] for cell in cells])
        cells = _cells(points, outline)
    return cells


def _cells(points: NDArray[np.float64], outline: Polygon) -> list[Polygon]:
    diagram = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=outline.buffer(5000))
    return sorted((cell.intersection(outline) for cell in diagram.geoms), key=lambda cell: tuple(cell.bounds))


def _bent(cells: Iterable[Polygon], rng: np.random.Generator) -> list[Polygon]:
    """Bend each border once, round it, and join the arcs into polygons again: (lon, lat)."""
    network = shapely.unary_union([cell.boundary for cell in cells])
    arcs = sorted(shapely.line_merge(network).geoms, key=lambda arc: tuple(arc.bounds))
    polygons = shapely.polygonize([_bend(arc, rng) for arc in arcs]).geoms
    return [shapely.normalize(polygon) for polygon in polygons]


def _bend(arc: LineString, rng: np.random.Generator) -> LineString:
    """Move the points of an arc sideways, its two junctions not at all."""
    pieces = max(3, round(arc.length / _PIECE_M))
    along = np.linspace(0.0, 1.0, pieces + 1)
    places = np.array([arc.interpolate(share, normalized=True).coords[0] for share in along])
    run = np.gradient(places, axis=0)
    sideways = np.column_stack([-run[:, 1], run[:, 0]]) / np.hypot(run[:, 0], run[:, 1])[:, None]
    swing = np.sin(np.pi * along * rng.integers(1, 4)) * rng.uniform(-1.0, 1.0) + rng.uniform(-0.35, 0.35, along.size)
    places[1:-1] += (sideways * (_BEND * arc.length * swing)[:, None])[1:-1]
    lon, lat = Transformer.from_crs(PLANE, "EPSG:4490", always_xy=True).transform(places[:, 0], places[:, 1])
    return LineString(np.round(np.column_stack([lon, lat]), _DECIMALS))
