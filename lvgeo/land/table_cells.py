"""Cells of vertex tables: degrees however they are written, and columns by the names that offices give them."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["HEADINGS", "find_header", "plain", "to_degrees"]

# Our key → headings, as `plain` leaves them. X is north and Y east, as surveyors write (FIELD §1.2).
HEADINGS: Final[dict[str, tuple[str, ...]]] = {
    "plot_id": ("plot_id", "地块编号", "地块号", "小班号", "图斑编号", "宗地号", "编号", "xbh"),
    "point": ("point", "点号", "界址点号", "点序号", "序号", "顶点", "no", "id"),
    "ring": ("ring", "圈号", "环号"),
    "lon": ("lon", "lng", "long", "longitude", "经度", "东经"),
    "lat": ("lat", "latitude", "纬度", "北纬"),
    "x_north": ("x", "x坐标", "纵坐标", "北坐标", "x(北)", "x北", "n", "north", "northing", "x_north", "xm", "x(m)"),
    "y_east": ("y", "y坐标", "横坐标", "东坐标", "y(东)", "y东", "e", "east", "easting", "y_east", "ym", "y(m)"),
    "wkt": ("wkt", "geometry", "geom", "几何"),
    "crs": ("crs", "epsg", "坐标系", "坐标系统"),
    "village_code": ("village_code", "行政代码", "村代码", "行政区代码"),
    "plot_name": ("plot_name", "地块名称", "名称", "name"),
    "declared_mu": ("declared_mu", "面积(亩)", "申报面积(亩)", "亩数", "mj_mu"),
    "planted_on": ("planted_on", "种植日期", "栽植日期"),
    "species": ("species", "树种", "shu_zhong"),
    "trees": ("trees", "棵数", "株数"),
    "accuracy_m": ("accuracy_m", "精度(米)", "点位中误差"),
    "source": ("source", "数据来源", "sjly"),
}
_HEADER_ROWS: Final = 10
_NEEDED: Final = (("lon", "lat"), ("x_north", "y_east"), ("wkt",))
_SIGN: Final = {"s": -1.0, "w": -1.0, "南": -1.0, "西": -1.0}
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_SEXAGESIMAL: Final = 60.0


def plain(value: object) -> str:
    """Text with full-width digits, letters and brackets made plain, without blanks.

    Examples
    --------
    >>> plain("Ｘ（北）"), plain(" 经 度 ")
    ('x(北)', '经度')
    """
    text = unicodedata.normalize("NFKC", "" if value is None else str(value))
    return re.sub(r"\s+", "", text).lower()


def find_header(rows: Sequence[Sequence[object]], columns: Mapping[str, str]) -> tuple[int, dict[str, int]] | None:
    """Row that names the columns, and where each of ours is; None where no row names coordinates.

    Headings may stand in one of the first rows, under a merged title.

    Parameters
    ----------
    rows
        The table's first rows.
    columns
        Our key → their heading; they come before the known ones.
    """
    named = {key: (plain(columns[key]),) if key in columns else names for key, names in HEADINGS.items()}
    for number, row in enumerate(rows[:_HEADER_ROWS]):
        cells = [plain(cell) for cell in row]
        found = {key: cells.index(name) for key, names in named.items() for name in reversed(names) if name in cells}
        if any(all(key in found for key in keys) for keys in _NEEDED):
            return number, found
    return None


def to_degrees(value: object) -> float:
    """Read a coordinate: a number, or degrees, minutes and seconds in any of their spellings.

    Examples
    --------
    >>> to_degrees("114°30′00″E"), to_degrees("114度30分36秒"), to_degrees("114-30-00"), to_degrees("114.5")
    (114.5, 114.51, 114.5, 114.5)

    Raises
    ------
    ValueError
        If it is no coordinate.
    """
    text = plain(value)
    try:
        return float(text)
    except ValueError:
        pass
    parts = [float(part) for part in _NUMBER.findall(text)]
    rest = _NUMBER.sub("", text)
    if not 1 <= len(parts) <= 3 or any(part >= _SEXAGESIMAL for part in parts[1:]) or len(rest) > 8:  # noqa: PLR2004
        message = f"no coordinate: {text[:30]}"
        raise ValueError(message)
    size = sum(part / _SEXAGESIMAL**n for n, part in enumerate(parts))
    return size * next((sign for mark, sign in _SIGN.items() if mark in rest), 1.0)
