"""Pictures for reports: the street by verdict, and each village's change against what is due."""

from __future__ import annotations

import io
import math
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from lvgeo.labels import say
from lvgeo.outputs.files import write_bytes
from lvgeo.outputs.fonts import LAST, cjk_fonts, drawable, folded, shortened
from lvgeo.outputs.palette import FAMILIES, MARKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

    from lvgeo.labels import Language

__all__ = ["FigureHead", "draw_change", "draw_street"]

_DPI: Final = 150
_INK: Final = "#1F2328"
_HATCHES: Final = {"lagging": "//", "inconclusive": "..", "on_track": "", "not_assessed": "xx"}
"""Told apart without colour too, as a copier prints them."""
_SHOWN: Final = 120  # villages of a chart; a picture of more cannot be read
_NAME_EM: Final = 14  # letters of a name beside the chart, two Latin ones for a Chinese
_LABEL_EM: Final = 9  # of a name within its village
_TITLE_EM: Final = 34  # of a line of the title


@dataclass(frozen=True, slots=True)
class FigureHead:
    """What stands on every figure.

    Parameters
    ----------
    title, note
        Above, and in small below (date, reference system, who may see it); without a Chinese font neither is drawn
        where it cannot be.
    language
        Of the words; without a Chinese font they are English, and villages are named by code, so that no box is drawn.
    """

    title: str
    note: str
    language: Language


def draw_street(path: Path, villages: gpd.GeoDataFrame, states: Mapping[str, str], head: FigureHead) -> None:
    """Draw the street's villages by verdict, with legend, scale bar and north.

    Parameters
    ----------
    path
        PNG.
    villages
        In a projected system, metres; `village_code`, `village`.
    states
        Village code → verdict.
    head
        Title and language.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    with _canvas((8.0, 8.6), head) as sheet:
        axes = sheet.axes
        said = {code: states.get(code) or "not_assessed" for code in villages["village_code"]}
        for code, shape, name in zip(villages["village_code"], villages.geometry, villages["village"], strict=True):
            for part in getattr(shape, "geoms", [shape]):
                axes.fill(*part.exterior.xy, **_fill(said[code]), linewidth=0.8)
            at = shape.representative_point()
            label = shortened(sheet.named(code, name), _LABEL_EM)
            axes.annotate(label, (at.x, at.y), ha="center", va="center", fontsize=_size(len(said)),
                          path_effects=_halo())  # fmt: skip
        for state in FAMILIES["verdict"]:
            count = sum(one == state for one in said.values())
            axes.fill([], [], **_fill(state), label=f"{say(f'verdict_{state}', sheet.language)} ({count})")
        axes.set_aspect("equal")
        axes.axis("off")
        _scale_and_north(axes, villages.total_bounds, sheet.language)
        axes.legend(loc="upper right", bbox_to_anchor=(1.0, 0.02), fontsize=8, ncols=2, frameon=False)
        sheet.save(path)


def draw_change(path: Path, rows: Sequence[Mapping[str, object]], head: FigureHead) -> None:
    """Draw each village's change with its interval, against what is due.

    Parameters
    ----------
    path
        PNG.
    rows
        Of canopy_change; villages without a measured change, and those beyond the first 120, are counted below.
    head
        Title and language.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    measured = [row for row in rows if row.get("adjusted_change_pp") is not None]
    shown = sorted(measured, key=lambda row: float(str(row["adjusted_change_pp"])))[:_SHOWN]
    with _canvas((8.0, max(2.5, 0.3 * len(shown) + 1.7)), head) as sheet:
        for place, row in enumerate(shown):
            _bar(sheet.axes, place, row)
        _key(sheet, shown)
        names = [shortened(sheet.named(str(row["village_code"]), str(row["village"])), _NAME_EM) for row in shown]
        sheet.axes.set_yticks(range(len(shown)), names, fontsize=8)
        sheet.axes.axvline(0, color="#9E9E9E", linewidth=0.8)
        sheet.axes.grid(axis="x", color="#E4E7EA", linewidth=0.6)
        sheet.axes.set_axisbelow(True)
        sheet.axes.set_xlabel(say("figure_change_axis", sheet.language), fontsize=9)
        _remarks(sheet, shown=len(shown), measured=len(measured), all_rows=len(rows))
        sheet.save(path)


def _remarks(sheet: _Sheet, *, shown: int, measured: int, all_rows: int) -> None:
    if shown:
        sheet.remark(say("figure_change_colours", sheet.language))
    for code, count in (("figure_change_more", measured - shown), ("figure_change_left", all_rows - measured)):
        if count:
            sheet.remark(say(code, sheet.language, count=count))


def _bar(axes: Any, place: int, row: Mapping[str, object]) -> None:
    low, middle, high, due = (
        float(str(row[key])) if row.get(key) is not None else float("nan")
        for key in ("interval_low_pp", "adjusted_change_pp", "interval_high_pp", "required_pp")
    )
    colour = MARKS[f"verdict_{row.get('verdict') or 'not_assessed'}"].colour
    axes.plot([low, high], [place, place], color=colour, linewidth=4, solid_capstyle="butt")
    axes.plot([middle], [place], "o", color=colour, markeredgecolor=_INK)
    axes.plot([due], [place], "|", color=_INK, markersize=13, markeredgewidth=2)


def _key(sheet: _Sheet, rows: Sequence[Mapping[str, object]]) -> None:
    """Say what colours and ticks mean, above the chart."""
    states = {str(row.get("verdict") or "not_assessed") for row in rows}
    for state in FAMILIES["verdict"]:
        if state in states:
            sheet.axes.plot([], [], "o-", color=MARKS[f"verdict_{state}"].colour, markeredgecolor=_INK, linewidth=4,
                            label=say(f"verdict_{state}", sheet.language))  # fmt: skip
    due = say("figure_due", sheet.language)
    sheet.axes.plot([], [], "|", color=_INK, markersize=13, markeredgewidth=2, label=due)
    sheet.axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=5, fontsize=8, frameon=False)


def _fill(state: str) -> dict[str, Any]:
    return {"facecolor": MARKS[f"verdict_{state}"].colour, "edgecolor": _INK, "hatch": _HATCHES[state]}


def _size(count: int) -> float:
    """Size of letters at which the names of so many villages still stand apart."""
    return max(4.0, min(8.0, 8.0 * math.sqrt(25 / max(count, 1))))


class _Sheet:
    """One figure while it is drawn."""

    def __init__(self, figure: Any, head: FigureHead, fonts: tuple[str, ...]) -> None:
        self._figure, self._head, self._fonts = figure, head, (*fonts, LAST)
        self.axes = figure.add_subplot()
        self.language: Language = head.language if fonts else "en"
        self._notes = [] if fonts or head.language == "en" else [say("figure_no_font", "en")]

    def named(self, code: str, name: str) -> str:
        """Name of a village, or its code where the name cannot be drawn; never a formula in dollar signs."""
        return drawable(name, self._fonts, code).replace("$", r"\$")

    def remark(self, text: str) -> None:
        """Add a line below."""
        self._notes.append(text)

    def save(self, path: Path) -> None:
        """Write the PNG: no software's name and no date in it, so that the same figures give the same bytes."""
        title = "\n".join(folded(self.named("", self._head.title), _TITLE_EM))
        self.axes.set_title(title, fontsize=12, pad=26)
        lines = [self.named("", self._head.note), *self._notes]
        self.axes.annotate("\n".join(line for line in lines if line), (0.5, 0.0), xycoords="axes fraction",
                           xytext=(0, -52), textcoords="offset points", ha="center", va="top", fontsize=7,
                           color="#57606A")  # fmt: skip
        held = io.BytesIO()
        self._figure.savefig(held, format="png", dpi=_DPI, metadata={"Software": None}, bbox_inches="tight")
        write_bytes(path, held.getvalue())


@contextmanager
def _canvas(size: tuple[float, float], head: FigureHead) -> Iterator[_Sheet]:
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    fonts = cjk_fonts()
    look: Any = {"font.family": [*fonts, LAST], "axes.unicode_minus": False, "hatch.linewidth": 0.35}
    with rc_context(look):
        yield _Sheet(Figure(figsize=size), head, fonts)


def _halo() -> list[Any]:
    from matplotlib import patheffects

    return [patheffects.withStroke(linewidth=2.5, foreground="white")]


def _scale_and_north(axes: Any, bounds: Any, language: Language) -> None:
    west, south, east, _ = (float(v) for v in bounds)
    wide = east - west
    length = max((k * 10**p for p in range(6) for k in (1, 2, 5) if k * 10**p <= wide / 4), default=1)
    y = south - 0.04 * wide
    axes.plot([west, west + length], [y, y], color=_INK, linewidth=3, solid_capstyle="butt")
    text = f"{length // 1000} km" if length >= 1000 else f"{length} m"  # noqa: PLR2004 - metres of a kilometre
    axes.annotate(text, (west + length / 2, y), textcoords="offset points", xytext=(0, -12), ha="center", fontsize=8)
    # Beside the bar, where no village lies.
    x, tip = west + length + 0.06 * wide, y + 0.03 * wide
    axes.annotate("", (x, tip), (x, y - 0.04 * wide), arrowprops={"arrowstyle": "-|>", "color": _INK, "linewidth": 1.5})
    axes.annotate(say("page_north", language), (x, y), textcoords="offset points", xytext=(8, 0), va="center")
