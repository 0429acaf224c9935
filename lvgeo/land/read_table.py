"""Tables of vertices, CSV or Excel: one row a boundary point, or one row a plot with its WKT."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.land.layer import LayerBuilder, Remark
from lvgeo.land.read_rows import read_sheets
from lvgeo.land.reference import parse_crs
from lvgeo.land.rings import MIN_POINTS, closed, polygon_of, survey_axes
from lvgeo.land.table_cells import find_header, plain, to_degrees
from lvgeo.land.zones import datum_named, strip_crs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pyproj import CRS

    from lvgeo.land.layer import Layer

    Row = Sequence[Any]

__all__ = ["read_table"]

_GEOMETRY: Final = {"point", "ring", "lon", "lat", "x_north", "y_east", "wkt", "crs"}


def read_table(path: Path, refused: list[Refusal], columns: Mapping[str, str]) -> list[Layer]:
    """Read plots from the rows of their boundary points; points stay in the order of their rows.

    Parameters
    ----------
    path
        A .csv or .xlsx.
    refused
        Takes plots with a point that cannot be read, or with too few.
    columns
        Our names → theirs, `lon`, `lat`, `x_north`, `y_east`, `ring`, `plot_id` among them.

    Raises
    ------
    InputRefusedError
        If no row names coordinates.
    """
    sheets = read_sheets(path)
    # The first sheet that names coordinates, else the first.
    sheet = next((one for one in sheets if find_header(one.rows, {})), sheets[0])
    rows = sheet.rows
    header = find_header(rows, columns)
    if header is None:
        raise InputRefusedError(Refusal("table_no_vertices", file=str(path)))
    first, at = header
    body = [row for row in rows[first + 1 :] if any(plain(cell) for cell in row)]
    systems = {str(_cell(row, at, "crs")).strip() for row in body if plain(_cell(row, at, "crs"))}
    if len(systems) > 1:
        raise InputRefusedError(Refusal("crs_mixed", file=str(path), value=", ".join(sorted(systems))))
    builder = LayerBuilder(str(path), "table", refused)
    said, easting = _add_plots(builder, body, at)
    said |= {sheet.remark, Remark("remark_header_row", str(first + 1))}
    crs = _system(systems.pop(), easting, str(path)) if systems else None
    return builder.layer(crs, remarks=sorted(said, key=lambda one: (one.code, one.value)))


def _add_plots(builder: LayerBuilder, body: Sequence[Row], at: Mapping[str, int]) -> tuple[set[Remark], float]:
    """Add every plot; give how axes were understood, and one of the eastings."""
    said: set[Remark] = set()
    easting = 0.0
    for plot_id, group in groupby(body, key=lambda row: plain(_cell(row, at, "plot_id"))):
        points = list(group)
        name = plot_id or "1"
        values = {key: _cell(points[0], at, key) for key in at if key not in _GEOMETRY}
        if "wkt" in at:
            _add_wkt(builder, points, at)
            continue
        try:
            shape, opened, axes, easting = _shape(points, at)
        except ValueError as error:
            builder.refuse("points_unreadable", name, str(error))
            continue
        said.add(Remark(axes))
        builder.add(shape, name, values, unclosed=opened)
    return said, easting


def _cell(row: Row, at: Mapping[str, int], key: str) -> Any:
    return row[at[key]] if key in at and at[key] < len(row) and row[at[key]] is not None else ""


def _shape(points: Sequence[Row], at: Mapping[str, int]) -> tuple[Any, bool, str, float]:
    """Polygon of a plot's rows, whether it had to be closed, how its axes were understood, and an easting."""
    keys = ("lat", "lon") if "lon" in at and "lat" in at else ("x_north", "y_east")
    pairs = np.array([[to_degrees(_cell(row, at, key)) for key in keys] for row in points])
    if keys[0] == "lat":
        east_north, axes = pairs[:, ::-1], "remark_axes_degrees"
    else:
        east_north, order = survey_axes(pairs)
        axes = f"remark_axes_{order or 'unsure'}"
    numbers = [plain(_cell(row, at, "ring")) for row in points]
    rings, opened = [], False
    for _, span in groupby(range(len(points)), key=numbers.__getitem__):
        ring, was_open = closed(east_north[list(span)])
        if len(np.unique(ring, axis=0)) < MIN_POINTS:
            message = f"{len(ring)} points"
            raise ValueError(message)
        rings.append(ring)
        opened |= was_open
    # A table of points never repeats the first one: only a survey that does, and stops short, is open.
    return polygon_of(rings), opened and "ring" in at, axes, float(np.median(east_north[:, 0]))


def _add_wkt(builder: LayerBuilder, rows: Sequence[Row], at: Mapping[str, int]) -> None:
    for row in rows:
        values = {key: _cell(row, at, key) for key in at if key not in _GEOMETRY}
        name = plain(_cell(row, at, "plot_id")) or str(builder.rows + 1)
        try:
            builder.add(shapely.from_wkt(str(_cell(row, at, "wkt"))), name, values)
        except shapely.errors.ShapelyError as error:
            builder.refuse("geometry_broken", name, str(error)[:60])


def _system(text: str, easting: float, file: str) -> CRS:
    """Find the reference system by an authority's code, or by the names that survey papers use."""
    if re.fullmatch(r"\d{4,6}", text):
        return parse_crs(f"EPSG:{text}", file)
    if ":" in text:
        return parse_crs(text, file)
    zone = re.search(r"(\d{2,3})\s*(?:带|°|度)", text)
    number = int(zone[1]) if zone else 0
    strip = strip_crs(datum_named(text), 0, number // 3 if number > 60 else number, easting)  # noqa: PLR2004 - a meridian
    return strip if strip is not None else parse_crs(text, file)
