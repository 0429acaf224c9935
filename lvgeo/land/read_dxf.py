"""DXF: closed polylines of CAD drawings, which have no reference system and may be in millimetres."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.land.layer import LayerBuilder, Remark, check_size
from lvgeo.land.rings import MIN_POINTS, survey_axes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lvgeo.land.layer import Layer

__all__ = ["read_dxf"]

_UNIT_M: Final = {1: 0.0254, 2: 0.3048, 4: 0.001, 5: 0.01, 6: 1.0, 7: 1000.0}  # $INSUNITS; 0 says nothing
_MILLIMETRES: Final = 1e8  # no plane coordinate in metres is that large
_ENDS_MEET_M: Final = 0.05  # a gap that a surveyor's snap leaves
_SAGITTA_M: Final = 0.01  # how far a chord may leave the arc that it stands for


def read_dxf(path: Path, refused: list[Refusal]) -> list[Layer]:
    """Read polylines of the model space that are closed, or whose ends meet; arcs are followed to 1 cm.

    Text inside a ring names it. Open polylines are refused by their handle; other entities are drawing.

    Raises
    ------
    InputRefusedError
        If it is no DXF.
    """
    lines, texts, unit = _drawing(path)
    builder = LayerBuilder(str(path), "dxf", refused)
    remarks = set()
    for line in lines:
        name = f"{line.dxf.layer} #{line.dxf.handle}"
        points = np.array(list(_points(line)), dtype=np.float64).reshape(-1, 2)
        if len(np.unique(points, axis=0)) < MIN_POINTS:
            builder.refuse("ring_too_short", name, str(len(points)))
            continue
        scale = _scale(unit, points)
        gap = 0.0 if line.is_closed else float(np.hypot(*(points[0] - points[-1]))) * scale
        if gap > _ENDS_MEET_M:
            builder.refuse("polyline_open", name, f"{gap:.2f}")
            continue
        inside = _inside(points, texts)
        points, axes = survey_axes(points * scale)
        remarks |= {Remark("remark_unit_scaled", f"{scale:g}")} if scale != 1.0 else set()
        remarks.add(Remark(f"remark_axes_{axes or 'unsure'}"))
        values = {"cad_layer": line.dxf.layer, "plot_name": inside}
        builder.add(shapely.Polygon(points), name, values, unclosed=gap > 0)
    return builder.layer(None, remarks=sorted(remarks, key=lambda one: (one.code, one.value)))


def _drawing(path: Path) -> tuple[list[Any], list[tuple[float, float, str]], int]:
    """Polylines, texts and unit of the model space, with foreign errors translated."""
    from ezdxf import recover
    from ezdxf.lldxf.const import DXFError

    check_size(path)
    try:
        drawing, _ = recover.readfile(path)
        lines = list(drawing.modelspace().query("LWPOLYLINE POLYLINE"))
        texts = [_text(one) for one in drawing.modelspace().query("TEXT MTEXT")]
        return lines, texts, int(drawing.header.get("$INSUNITS", 0))
    except (OSError, DXFError, ValueError, LookupError, TypeError) as error:
        raise InputRefusedError(Refusal("file_broken", file=str(path), value=str(error)[:80])) from error


def _points(line: Any) -> Iterator[tuple[float, float]]:
    from ezdxf.path import make_path

    # A path follows bulges; without any it gives the vertices as they are.
    yield from ((p.x, p.y) for p in make_path(line).flattening(_SAGITTA_M))


def _scale(unit: int, points: np.ndarray) -> float:
    """Metres a drawing unit: what the header says where the figures allow it, else by their size."""
    largest = float(np.abs(points).max())
    stated = _UNIT_M.get(unit, 1.0)
    # Templates say millimetres over coordinates in metres: an easting of 551 m would lie nowhere.
    return stated if stated != 1.0 and largest > _MILLIMETRES else (0.001 if largest > _MILLIMETRES else 1.0)


def _text(entity: Any) -> tuple[float, float, str]:
    where = entity.dxf.insert
    plain = entity.plain_text() if hasattr(entity, "plain_text") else str(entity.dxf.text)
    return float(where.x), float(where.y), str(plain).strip()


def _inside(points: np.ndarray, texts: list[tuple[float, float, str]]) -> str:
    """Text that stands inside a ring, the first by its place from the north."""
    if not texts:
        return ""
    ring = shapely.Polygon(points)
    places = np.array([(x, y) for x, y, _ in texts])
    found = np.flatnonzero(shapely.contains_xy(ring, places[:, 0], places[:, 1]))
    ordered = sorted(found, key=lambda n: (-texts[n][1], texts[n][0]))
    return texts[ordered[0]][2] if ordered else ""
