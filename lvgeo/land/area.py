"""Areas: on the ellipsoid (the official definition), in the plane (an extra column), and how sure they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from pyproj import Geod

from lvgeo.projection import between

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    Floats = NDArray[np.float64]
    Shapes = Sequence[BaseGeometry | None] | NDArray[np.object_]

__all__ = ["GRS80", "area_uncertainty_m2", "geodesic_area_m2", "local_metres", "metres_per_degree", "plane_area_m2"]

GRS80: Final = Geod(ellps="GRS80")  # CGCS2000's ellipsoid; its flattening differs from GRS80's in the 12th digit
_A, _B, _E2 = GRS80.a, GRS80.b, GRS80.es
_WIDE_DEG: Final = 0.5  # extent beyond which the series below is left for Karney's integral
_MAX_LAT_DEG: Final = 85.0
_PIECE: Final = 2048  # rings
_SHAPES: Final = 20_000  # shapes that are copied at a time
_POLYGON: Final = 3  # GEOS' number of the type


def geodesic_area_m2(geometries: Shapes) -> Floats:
    """Area on the CGCS2000 ellipsoid, holes taken off, whichever way rings run.

    The horizontal area of the third national land survey (国土调查办发〔2008〕32号); the series given there equals this
    to 1e-4 m² on plots of 2 mu. Edges are geodesics: the area under the straight edge in (longitude, authalic latitude)
    plus the area between it and the geodesic, to leading order sinφ Δλ (r²Δλ² + 3M²Δφ²) / 12, which follows from the
    geodesic equation of ds² = M²dφ² + r²dλ². Within 1e-9 of Karney 2013 (doi 10.1007/s00190-012-0578-z) for edges of
    10 m; shapes wider than half a degree take Karney's own integral.

    Parameters
    ----------
    geometries
        (n,) polygons or multipolygons, longitude first, degrees; None and empty ones count 0.

    Returns
    -------
    NDArray[np.float64]
        (n,) m².

    Examples
    --------
    >>> side = 0.000355
    >>> round(float(geodesic_area_m2([shapely.box(114.5, 23.05, 114.5 + side, 23.05 + side)])[0]))
    1430
    """
    shapes = _array(geometries)
    areas = np.zeros(len(shapes))
    bounds = shapely.bounds(shapes)
    wide = (np.maximum(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]) > _WIDE_DEG) | (
        np.abs(bounds[:, 1::2]).max(axis=1, initial=0.0) > _MAX_LAT_DEG
    )
    for row in np.flatnonzero(wide):
        areas[row] = _karney_m2(shapes[row])
    rings, owner, sign = _rings(shapes, ~wide)
    # By the piece, so that what is in hand stays in the processor's cache.
    inside = [_ring_areas_m2(rings[first : first + _PIECE]) for first in range(0, len(rings), _PIECE)]
    if inside:
        areas += np.bincount(owner, weights=sign * np.concatenate(inside), minlength=len(shapes))
    return areas


def _array(geometries: Shapes) -> NDArray[np.object_]:
    shapes = np.empty(len(geometries), dtype=object)
    shapes[:] = list(geometries) if not isinstance(geometries, np.ndarray) else geometries
    return shapes


def _rings(shapes: NDArray[np.object_], chosen: NDArray[np.bool_]) -> tuple[Any, NDArray[np.int64], Floats]:
    """Rings of the chosen shapes' polygons, the shape that each belongs to, and -1 for holes."""
    rows = np.flatnonzero(chosen)
    parts = shapes[rows]
    if (shapely.get_type_id(parts) != _POLYGON).any():
        parts, part_of = shapely.get_parts(parts, return_index=True)
        polygons = shapely.get_type_id(parts) == _POLYGON
        parts, rows = parts[polygons], rows[part_of[polygons]]
    if not shapely.get_num_interior_rings(parts).any():
        # A polygon without holes has its ring's coordinates: nothing need be copied.
        filled = ~shapely.is_empty(parts)
        return parts[filled], rows[filled], np.ones(int(filled.sum()))
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    first = np.ones(len(ring_of), dtype=bool)
    first[1:] = ring_of[1:] != ring_of[:-1]
    return rings, rows[ring_of], np.where(first, 1.0, -1.0)


def _ring_areas_m2(rings: Any) -> Floats:
    """Areas inside rings, of either direction."""
    counts = shapely.get_num_coordinates(rings)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    # From the ring's own corner, the same wherever it starts; before the radians, where the difference is exact.
    origin = shapely.bounds(rings)[:, :2]
    ring_of = np.repeat(np.arange(len(rings)), counts)
    lam, phi = np.radians(shapely.get_coordinates(rings) - origin[ring_of]).T
    sin0, cos0 = np.sin(np.radians(origin[:, 1])), np.cos(np.radians(origin[:, 1]))
    q = _authalic(phi, sin0, cos0, ring_of)
    # One edge a vertex; what leads from a ring's last vertex to the next ring's first is dropped.
    d_lam, d_phi = lam[1:] - lam[:-1], phi[1:] - phi[:-1]
    flat = 1.0 - _E2 * sin0**2
    r2, m2 = (_A * cos0) ** 2 / flat, (_A * (1.0 - _E2)) ** 2 / flat**3
    # The bulge is a correction of a few parts in a million: its coefficients may be the corner's.
    at = ring_of[1:]
    bulge = (sin0 / 12.0)[at] * (r2[at] * d_lam**2 + (3.0 * m2)[at] * d_phi**2)
    under = d_lam * (_B**2 / 2.0 * (q[1:] + q[:-1]) + bulge)
    under[starts[1:] - 1] = 0.0
    return np.abs(np.add.reduceat(np.append(under, 0.0), starts))


def _authalic(d_phi: Floats, sin0: Floats, cos0: Floats, of: NDArray[np.int64]) -> Floats:
    """∫ (1 − e²w²)⁻² dw over w = sin φ from each ring's south: b² times it, times Δλ, is an area."""
    d2 = d_phi * d_phi
    s = sin0[of] * d2 * (d2 / 24.0 - 0.5) + cos0[of] * d_phi * (1.0 + d2 * (d2 / 120.0 - 1.0 / 6.0))
    flat = 1.0 - _E2 * sin0**2
    p0 = flat**-2
    p1 = 4 * _E2 * sin0 * flat**-3 / 2.0
    p2 = (4 * _E2 * flat**-3 + 24 * _E2**2 * sin0**2 * flat**-4) / 6.0
    p3 = (72 * _E2**2 * sin0 * flat**-4 + 192 * _E2**3 * sin0**3 * flat**-5) / 24.0
    return s * (p0[of] + s * (p1[of] + s * (p2[of] + s * p3[of])))


def _karney_m2(geometry: BaseGeometry) -> float:
    total = 0.0
    for part in shapely.get_parts(geometry):
        if part.geom_type == "Polygon":
            areas = [
                abs(GRS80.polygon_area_perimeter(*np.asarray(ring.coords)[:, :2].T)[0])
                for ring in (part.exterior, *part.interiors)
            ]
            total += areas[0] - sum(areas[1:])
    return total


def plane_area_m2(geometries: Shapes, geographic: CRS, plane: CRS) -> Floats:
    """Area in a projected plane, for comparison with survey papers; never tested against a minimum.

    Ground outside the plane's area of use gives nan: a plane metre there is none on the ground.

    Parameters
    ----------
    geometries
        (n,) in `geographic`, longitude first.
    geographic, plane
        Reference systems.

    Returns
    -------
    NDArray[np.float64]
        (n,) m².
    """
    to_plane = between(geographic, plane)
    shapes = _array(geometries)
    areas = shapely.area(shapely.transform(shapes, to_plane.transform, interleaved=False))
    use = plane.area_of_use
    if use is None:
        return np.asarray(areas, dtype=np.float64)
    x, y = shapely.get_x(shapely.centroid(shapes)), shapely.get_y(shapely.centroid(shapes))
    # A neighbouring zone's margin is still measured: official strips overlap by a degree and more.
    inside = (np.abs(x - (use.west + use.east) / 2) <= (use.east - use.west)) & (y >= use.south) & (y <= use.north)
    return np.where(inside, areas, np.nan).astype(np.float64)


def area_uncertainty_m2(geometries: Shapes, accuracy_m: ArrayLike) -> Floats:
    """Give the standard deviation of areas whose vertices are each known to `accuracy_m`.

    σ_A² = (σ² / 4) Σ |P_{i+1} − P_{i−1}|² over each ring, simplified at its accuracy first: vertices drawn freely along
    an edge are not independent knowledge. Never less than a four-cornered square of that area, √(2 A) σ.

    Parameters
    ----------
    geometries
        (n,) longitude first, degrees.
    accuracy_m
        (n,) or one: standard deviation of a coordinate, m.

    Returns
    -------
    NDArray[np.float64]
        (n,) m²; 0 for None and empty ones.

    Examples
    --------
    >>> side = 36.515
    >>> round(float(np.sqrt(2) * side * 1.0))
    52
    """
    shapes = _array(geometries)
    accuracy = np.broadcast_to(np.asarray(accuracy_m, dtype=np.float64), shapes.shape)
    pieces = [
        _uncertainty_m2(shapes[first : first + _SHAPES], accuracy[first : first + _SHAPES])
        for first in range(0, len(shapes), _SHAPES)
    ]
    return np.concatenate(pieces) if pieces else np.zeros(0)


def _uncertainty_m2(shapes: NDArray[np.object_], accuracy: Floats) -> Floats:
    floor = np.sqrt(2.0 * geodesic_area_m2(shapes)) * accuracy
    simple = shapely.simplify(local_metres(shapes), accuracy)
    rings, owner, _ = _rings(_array(simple), np.ones(len(shapes), dtype=bool))
    if not len(rings):
        return floor
    return np.maximum(floor, accuracy / 2.0 * np.sqrt(np.bincount(owner, _chords_m2(rings), minlength=len(shapes))))


def _chords_m2(rings: Any) -> Floats:
    """Σ |P_{i+1} − P_{i−1}|² around each ring; 0 for one without an inside."""
    counts = shapely.get_num_coordinates(rings)
    ends = np.cumsum(counts)
    xy = shapely.get_coordinates(rings)
    # The last coordinate repeats the first: the vertex before the first is the last but one.
    before, after = np.roll(xy, 1, axis=0), np.roll(xy, -1, axis=0)
    before[ends - counts] = xy[ends - 2]
    squares = ((after - before) ** 2).sum(axis=1)
    squares[ends - 1] = 0.0
    return np.asarray(np.add.reduceat(squares, ends - counts), dtype=np.float64)


def local_metres(geometries: Shapes) -> NDArray[np.object_]:
    """Degrees to metres, east and north, around each geometry's own middle.

    Exact to the metre's third decimal over a village: for lengths and deviations, never for areas that decide.

    Parameters
    ----------
    geometries
        (n,) longitude first, degrees.
    """
    shapes = _array(geometries)
    bounds = np.nan_to_num(shapely.bounds(shapes))
    middle = np.column_stack([(bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2])
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    moved = (xy - middle[owner]) * metres_per_degree(middle[:, 1])[owner]
    return np.asarray(shapely.set_coordinates(shapes.copy(), moved), dtype=object)


def metres_per_degree(lat_deg: ArrayLike) -> Floats:
    """(..., 2) metres on the ellipsoid that a degree of longitude and one of latitude are at a latitude."""
    phi = np.radians(np.asarray(lat_deg, dtype=np.float64))
    flat = 1.0 - _E2 * np.sin(phi) ** 2
    east = np.radians(1.0) * _A * np.cos(phi) / np.sqrt(flat)
    north = np.radians(1.0) * _A * (1.0 - _E2) / flat**1.5
    return np.stack([east, north], axis=-1)
