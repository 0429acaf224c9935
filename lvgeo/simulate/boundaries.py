"""Make the sample street's boundaries: 23 villages and communities that exist nowhere.

The committed file ``data/boundaries/villages.geojson`` is what `boundaries_text` gives; a test says so.
"""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from lvgeo.projection import between

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CENTRE", "NAMES", "boundaries_path", "boundaries_text", "village_code"]

SEED: Final = 441399
CENTRE: Final = (551_250.0, 2_550_150.0)  # EPSG:4547, about 114.50° E, 23.05° N
RADIUS_M: Final = 2_700.0
RELAXED: Final = 12
NAMES: Final = (
    ("城南社区", "community"), ("河畔社区", "community"), ("新圩社区", "community"), ("学府社区", "community"),
    ("江湾社区", "community"), ("埔心村", "village"), ("上田村", "village"), ("下田村", "village"),
    ("石塘村", "village"), ("竹园村", "village"), ("龙岗村", "village"), ("横坑村", "village"), ("大岭村", "village"),
    ("黄屋村", "village"), ("水口村", "village"), ("榕树村", "village"), ("荔枝园村", "village"), ("白沙村", "village"),
    ("新联村", "village"), ("东坑村", "village"), ("西湖村", "village"), ("马嘶村", "village"), ("长布村", "village"),
)  # fmt: skip
DESCRIPTION: Final = (
    "Synthetic. These villages and communities exist nowhere: a relaxed Voronoi diagram of 23 random points with "
    "jittered shared borders, names invented, codes in the fictional county 441399. Made by lvgeo.simulate.boundaries. "
    "本数据为模拟数据：23个村（社区）由随机点的沃罗诺伊图生成，名称和代码均为虚构。"
)


def village_code(place: int) -> str:
    """Code of the n-th name: communities end in 001–199, villages in 200–399."""
    communities = sum(1 for _, kind in NAMES[: place + 1] if kind == "community")
    last = communities if NAMES[place][1] == "community" else 200 + place - 4
    return f"441399001{last:03d}"


def boundaries_path() -> Path:
    """Find the committed file, in the installed package or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "data" / "boundaries" / "villages.geojson"
    return installed if installed.is_file() else package.parent / "data" / "boundaries" / "villages.geojson"


def boundaries_text() -> str:
    """Make the boundaries as GeoJSON text, EPSG:4490, the same every time."""
    to_degrees = between(4547, 4490)
    features: list[dict[str, Any]] = []
    for place, shape in enumerate(_cells()):
        moved = shapely.transform(shape, to_degrees.transform, interleaved=False)
        ring = [[round(x, 8), round(y, 8)] for x, y in shapely.get_coordinates(moved.exterior)]
        name, kind = NAMES[place]
        properties = {"village_code": village_code(place), "village": name, "kind": kind}
        features.append(
            {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        )
    head = {
        "type": "FeatureCollection",
        "name": "villages",
        "synthetic": True,
        "description": DESCRIPTION,
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}},
    }
    ordered = sorted(features, key=lambda feature: feature["properties"]["village_code"])
    body = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in ordered)
    opening = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    return f'{opening},\n "features": [\n{body}\n]\n}}\n'


def _cells() -> list[shapely.Polygon]:
    """Jittered Voronoi cells in metres, in the names' order, communities in the middle."""
    rng = np.random.default_rng(SEED)
    edge = _blob(rng)
    points = _relaxed(rng, edge)
    middle = shapely.Point(*CENTRE)
    points = points[np.argsort([middle.distance(shapely.Point(p)) for p in points], kind="stable")]
    lines = shapely.node(shapely.union_all([cell.exterior for cell in _voronoi(points, edge)]))
    jittered = [_jittered(line) for line in shapely.get_parts(shapely.line_merge(lines))]
    faces = shapely.get_parts(shapely.polygonize(jittered))
    return [next(face for face in faces if face.contains(shapely.Point(p))) for p in points]


def _blob(rng: np.random.Generator) -> shapely.Polygon:
    """Outline of the street: a circle with a few smooth bulges."""
    angles = np.linspace(0, 2 * math.pi, 96, endpoint=False)
    radius = np.full_like(angles, RADIUS_M)
    for wave in (2, 3, 5):
        radius += RADIUS_M * rng.uniform(0.03, 0.08) * np.sin(wave * angles + rng.uniform(0, 2 * math.pi))
    return shapely.Polygon(np.column_stack([CENTRE[0] + radius * np.cos(angles), CENTRE[1] + radius * np.sin(angles)]))


def _relaxed(rng: np.random.Generator, edge: shapely.Polygon) -> NDArray[np.float64]:
    """Points spread by Lloyd's iteration."""
    points: list[tuple[float, float]] = []
    while len(points) < len(NAMES):
        at = rng.uniform(-RADIUS_M, RADIUS_M, 2) + CENTRE
        if edge.contains(shapely.Point(*at)):
            points.append((float(at[0]), float(at[1])))
    found = np.array(points)
    for _ in range(RELAXED):
        found = np.array([[cell.centroid.x, cell.centroid.y] for cell in _voronoi(found, edge)])
    return found


def _voronoi(points: NDArray[np.float64], edge: shapely.Polygon) -> list[shapely.Polygon]:
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=edge))
    clipped = shapely.set_precision(shapely.intersection(cells, edge), 0.01)
    return [next(cell for cell in clipped if cell.contains(shapely.Point(p))) for p in points]


def _jittered(line: shapely.LineString) -> shapely.LineString:
    """Bend a shared border by midpoint displacement, the same whichever village asks."""
    ends = shapely.get_coordinates(line)
    rng = np.random.default_rng([abs(int(v * 100)) for v in ends.ravel()])
    points = [(float(x), float(y)) for x, y in ends]
    for _ in range(3):
        bent = [points[0]]
        for a, b in itertools.pairwise(points):
            length = math.dist(a, b)
            if length > 40.0:  # noqa: PLR2004 - metres; shorter pieces stay straight
                off = rng.normal(0.0, 0.05)
                bent.append(((a[0] + b[0]) / 2 - off * (b[1] - a[1]), (a[1] + b[1]) / 2 + off * (b[0] - a[0])))
            bent.append(b)
        points = bent
    return shapely.LineString(points)
