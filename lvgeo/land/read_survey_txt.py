"""Survey-boundary TXT (勘测定界): a block of properties, then plots as header lines and points."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.land.layer import LayerBuilder, Remark
from lvgeo.land.read_text import read_text
from lvgeo.land.rings import MIN_POINTS, closed, polygon_of, survey_axes
from lvgeo.land.zones import datum_named, strip_crs
from lvgeo.units import MU_M2, m2_to_mu

if TYPE_CHECKING:
    from pathlib import Path

    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from lvgeo.land.layer import Layer

__all__ = ["read_survey_txt"]

_SECTION: Final = re.compile(r"[\[【](.+?)[\]】]")
_UNITS: Final = (("公顷", 10_000.0), ("亩", MU_M2), ("㎡", 1.0))
_UNIT_AGREES: Final = 0.01  # relative difference of stated and computed area that tells the unit
_PLACEHOLDER: Final = re.compile(r"FID_?\d*|DKMC|DKYT|DLBM|TFH", re.IGNORECASE)  # an export tool's own words
_POINT: Final = re.compile(r"^\s*J?\d+\s*[,，\t ]\s*[\d.]+\s*[,，\t ]\s*[\d.]+", re.MULTILINE)


@dataclass(slots=True)
class _Plot:
    """A plot's header and points as they are read, line by line."""

    header: list[str]
    line: int
    rings: list[list[tuple[float, float]]] = field(default_factory=list)
    ring: str = ""
    fault: str = ""

    def add(self, text: str, number: int) -> None:
        """Take a point's line: [J]n, ring, X, Y."""
        cells = [cell.strip() for cell in re.split(r"[,，\t]", text)]
        try:
            ring, first, second = cells[1], float(cells[2]), float(cells[3])
        except (IndexError, ValueError):
            self.fault = self.fault or f"{number}: {text[:40]}"
            return
        # A ring ends where it comes back to its beginning, or where its number changes.
        done = self.rings and len(self.rings[-1]) > MIN_POINTS and self.rings[-1][0] == self.rings[-1][-1]
        if not self.rings or ring != self.ring or done:
            self.rings.append([])
            self.ring = ring
        self.rings[-1].append((first, second))


def read_survey_txt(path: Path, refused: list[Refusal]) -> list[Layer]:
    """Read every plot; a line that cannot be read loses its plot, by name and line.

    Coordinates are ordered by their size, holes told from parts by containment, and the stated area's unit by the one
    that agrees with the drawing: exporters vary in all three (FIELD §4.2).

    Raises
    ------
    InputRefusedError
        If it holds no plot: another kind of text.
    """
    text, encoding = read_text(path)
    properties, plots = _parsed(text)
    if not plots:
        # A licence or a note beside the plots is nobody's ground; points without a plot's line may be somebody's.
        code = "txt_no_plots" if properties or _POINT.search(text) else "txt_other"
        raise InputRefusedError(Refusal(code, file=str(path)))
    builder = LayerBuilder(str(path), "txt", refused)
    remarks = {Remark("remark_encoding", encoding)}
    crs: CRS | None = None
    for plot in plots:
        name = _name(plot, len(plots))
        rings = [ring for ring in plot.rings if len(set(ring)) >= MIN_POINTS]
        if plot.fault or len(rings) < len(plot.rings) or not rings:
            value = plot.fault or f"{plot.line}: {len(plot.rings)}"
            builder.refuse("points_unreadable", name, value)
            continue
        east_north, axes = survey_axes(np.array([point for ring in rings for point in ring]))
        remarks.add(Remark(f"remark_axes_{axes or 'unsure'}"))
        crs = crs or _crs(properties, float(np.median(east_north[:, 0])))
        cut = np.split(east_north, np.cumsum([len(ring) for ring in rings])[:-1])
        whole = [closed(ring) for ring in cut]
        shape = polygon_of([ring for ring, _ in whole])
        values = _values(plot, shape, remarks)
        builder.add(shape, name, values, unclosed=any(opened for _, opened in whole))
    said = properties.get("坐标系", "")
    remarks.add(Remark("remark_crs_stated", f"{said} {properties.get('带号', '')}".strip()))
    return builder.layer(crs, remarks=sorted(remarks, key=lambda one: (one.code, one.value)))


def _parsed(text: str) -> tuple[dict[str, str], list[_Plot]]:
    properties: dict[str, str] = {}
    plots: list[_Plot] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or _SECTION.fullmatch(line):
            continue
        if line.endswith(("@", "＠")):
            plots.append(_Plot([cell.strip() for cell in re.split(r"[,，]", line[:-1])], number))
        elif plots:
            plots[-1].add(line, number)
        elif "=" in line:
            key, _, value = line.partition("=")
            properties[key.strip()] = value.strip()
    return properties, plots


def _crs(properties: dict[str, str], easting_m: float) -> CRS | None:
    """Return the stated system; None where none is stated, for the datum cannot be told from figures."""
    datum = datum_named(properties.get("坐标系", ""))
    width, zone = (int(re.sub(r"\D", "", properties.get(key, "")) or 0) for key in ("几度分带", "带号"))
    return strip_crs(datum, width, zone, easting_m) if datum else None


def _cell(plot: _Plot, n: int) -> str:
    text = plot.header[n] if n < len(plot.header) else ""
    return "" if _PLACEHOLDER.fullmatch(text) else text


def _name(plot: _Plot, plots: int) -> str:
    return _cell(plot, 2) or (str(plot.line) if plots > 1 else "1")


def _values(plot: _Plot, shape: BaseGeometry, remarks: set[Remark]) -> dict[str, object]:
    values: dict[str, object] = {"plot_id": _cell(plot, 2), "plot_name": _cell(plot, 3), "use": _cell(plot, 6)}
    try:
        stated = float(plot.header[1])
    except (IndexError, ValueError):
        return values
    if not shape.is_valid or shape.area <= 0 or shape.bounds[2] <= 180.0:  # noqa: PLR2004 - degrees
        found = None
    else:
        found = next((unit for unit in _UNITS if abs(stated * unit[1] / shape.area - 1) < _UNIT_AGREES), None)
    unit, factor = found or _UNITS[0]
    remarks.add(Remark("remark_area_unit" if found else "remark_area_unit_unsure", unit))
    values["stated_area"], values["stated_unit"] = stated, unit
    values["declared_mu"] = m2_to_mu(stated * factor)
    return values
