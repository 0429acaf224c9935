"""Pictures for reports: the street by verdict, and each village's change against what is due."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from lvgeo.labels import say
from lvgeo.outputs.files import write_bytes
from lvgeo.outputs.palette import FAMILIES, MARKS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

    from lvgeo.labels import Language

__all__ = ["cjk_font", "draw_change", "draw_street"]

_FONTS: Final = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei", "SimHei",
    "SimSun", "PingFang SC", "Heiti SC", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Noto Sans CJK JP",
    "Droid Sans Fallback",
)  # fmt: skip
_DPI: Final = 150


def cjk_font() -> str:
    """Name of an installed font with Chinese characters, empty where there is none."""
    from matplotlib import font_manager

    known = {one.name for one in font_manager.fontManager.ttflist}
    return next((name for name in _FONTS if name in known), "")


def draw_street(
    path: Path, villages: gpd.GeoDataFrame, states: Mapping[str, str], title: str, language: Language
) -> bool:
    """Draw the street's villages by verdict, with legend, scale bar and north.

    Parameters
    ----------
    path
        PNG.
    villages
        In a projected system, metres; `village_code`, `village`.
    states
        Village code → verdict.
    title
        Heading.
    language
        Of the words; without a Chinese font they are English, and village names are codes, so that no box is drawn.

    Returns
    -------
    bool
        False where no Chinese font was found.
    """
    figure, axes, language, font = _canvas((8.0, 8.0), language)
    for code, shape, name in zip(villages["village_code"], villages.geometry, villages["village"], strict=True):
        mark = MARKS[f"verdict_{states.get(code) or 'not_assessed'}"]
        for part in getattr(shape, "geoms", [shape]):
            axes.fill(*part.exterior.xy, facecolor=mark.colour, edgecolor="#1F2328", alpha=0.75, linewidth=0.8)
        at = shape.representative_point()
        axes.annotate(name if font else str(code)[-4:], (at.x, at.y), ha="center", va="center", fontsize=7,
                      path_effects=_halo())  # fmt: skip
    for state in FAMILIES["verdict"]:
        count = sum((states.get(code) or "not_assessed") == state for code in villages["village_code"])
        label = f"{say(f'verdict_{state}', language)} ({count})"
        axes.fill([], [], facecolor=MARKS[f"verdict_{state}"].colour, edgecolor="#1F2328", label=label)
    axes.legend(loc="lower right", fontsize=8)
    axes.set_aspect("equal")
    axes.axis("off")
    _scale_and_north(axes, villages.total_bounds, language)
    axes.set_title(title if font else "")
    _save(figure, path)
    return bool(font)


def draw_change(path: Path, rows: Sequence[Mapping[str, object]], title: str, language: Language) -> bool:
    """Draw each village's change with its interval, against what is due; False where no Chinese font was found."""
    shown = [row for row in rows if row.get("adjusted_change_pp") is not None]
    figure, axes, language, font = _canvas((8.0, max(2.5, 0.3 * len(shown) + 1.2)), language)
    for place, row in enumerate(reversed(shown)):
        low, middle, high = (float(str(row.get(key))) if row.get(key) is not None else float("nan")
                             for key in ("interval_low_pp", "adjusted_change_pp", "interval_high_pp"))  # fmt: skip
        colour = MARKS[f"verdict_{row.get('verdict') or 'not_assessed'}"].colour
        axes.plot([low, high], [place, place], color=colour, linewidth=3)
        axes.plot([middle], [place], "o", color=colour, markeredgecolor="#1F2328")
        if row.get("required_pp") is not None:
            axes.plot([float(str(row["required_pp"]))], [place], "|", color="#1F2328", markersize=12)
    names = [str(row["village"]) if font else str(row["village_code"])[-4:] for row in reversed(shown)]
    axes.set_yticks(range(len(shown)), names, fontsize=8)
    axes.axvline(0, color="#9E9E9E", linewidth=0.8)
    axes.set_xlabel(say("figure_change_axis", language))
    axes.set_title(title if font else "")
    figure.tight_layout()
    _save(figure, path)
    return bool(font)


def _canvas(size: tuple[float, float], language: Language) -> tuple[Any, Any, Language, str]:
    from matplotlib import rcParams
    from matplotlib.figure import Figure

    font = cjk_font()
    rcParams["font.sans-serif"] = [font, "DejaVu Sans"] if font else ["DejaVu Sans"]
    rcParams["axes.unicode_minus"] = False
    figure = Figure(figsize=size)
    return figure, figure.add_subplot(), language if font else "en", font


def _halo() -> list[Any]:
    from matplotlib import patheffects

    return [patheffects.withStroke(linewidth=2, foreground="white")]


def _scale_and_north(axes: Any, bounds: Any, language: Language) -> None:
    west, south, east, _ = (float(v) for v in bounds)
    wide = east - west
    length = max(k * 10**p for p in range(1, 6) for k in (1, 2, 5) if k * 10**p <= wide / 4)
    y = south - 0.03 * wide
    axes.plot([west, west + length], [y, y], color="#1F2328", linewidth=3)
    axes.annotate(
        f"{length} m", (west + length / 2, y), textcoords="offset points", xytext=(0, -12), ha="center", fontsize=8
    )
    axes.annotate(say("page_north", language), (0.04, 0.98), (0.04, 0.88), xycoords="axes fraction", ha="center",
                  arrowprops={"arrowstyle": "<|-", "color": "#1F2328"})  # fmt: skip


def _save(figure: Any, path: Path) -> None:
    held = io.BytesIO()
    # No software name and no date in the file: the same figures give the same bytes.
    figure.savefig(held, format="png", dpi=_DPI, metadata={"Software": None}, bbox_inches="tight")
    write_bytes(path, held.getvalue())
