"""Fonts of the figures: which installed ones have Chinese characters, and what may be written with them."""

from __future__ import annotations

import contextlib
import functools
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["FONTS", "LAST", "cjk_fonts", "drawable", "folded", "letters_of", "shortened"]

FONTS: Final = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei", "SimHei",
    "DengXian", "SimSun", "PingFang SC", "PingFang HK", "Hiragino Sans GB", "Heiti SC", "STHeiti", "Songti SC",
    "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Noto Sans CJK JP", "Droid Sans Fallback", "Arial Unicode MS",
    "SimSun-ExtB",
)  # fmt: skip
"""Looked for in this order: those of the offices' Windows, of macOS and of Linux; the last has rare characters only."""
LAST: Final = "DejaVu Sans"
"""Comes with matplotlib: Latin letters, figures and signs."""
_COMMON: Final = frozenset(map(ord, "村社区进度滞后冠层"))
_NO_LETTER: Final = 0xFDD0  # never one (Unicode, 23.7): a font that has a shape for it draws a box for every letter


@functools.cache
def cjk_fonts() -> tuple[str, ...]:
    """Return installed fonts with Chinese characters, the best first; empty where there is none.

    Where no font of `FONTS` is installed, any other that has the commonest characters will do.
    """
    return _with_chinese() or (_with_chinese() if _look_again() else ())


def _with_chinese() -> tuple[str, ...]:
    from matplotlib import font_manager

    files = {one.name for one in font_manager.fontManager.ttflist}
    known = tuple(name for name in FONTS if name in files)
    if any(letters_of(name) >= _COMMON for name in known):
        return known
    other = next((name for name in sorted(files) if letters_of(name) >= _COMMON), "")
    return (other,) if other else ()


def _look_again() -> bool:
    """Add fonts that were installed since matplotlib made its list, which it keeps; whether there are some."""
    from matplotlib import font_manager

    listed = {one.fname for one in font_manager.fontManager.ttflist}
    fresh = sorted(set(font_manager.findSystemFonts()) - listed)
    for path in fresh:
        with contextlib.suppress(OSError, RuntimeError, ValueError):  # one that cannot be read is none
            font_manager.fontManager.addfont(path)
    letters_of.cache_clear()
    return bool(fresh)


@functools.cache
def letters_of(font: str) -> frozenset[int]:
    """Code points that an installed font has a shape for; none where it cannot be read, or draws a box for each."""
    from matplotlib import font_manager
    from matplotlib.ft2font import FT2Font

    found = next((one.fname for one in font_manager.fontManager.ttflist if one.name == font), "")
    try:
        shapes = frozenset(FT2Font(found).get_charmap()) if Path(found).is_file() else frozenset[int]()
    except (OSError, RuntimeError):
        return frozenset()
    return frozenset() if _NO_LETTER in shapes else shapes


def drawable(text: str, fonts: Sequence[str], instead: str = "") -> str:
    r"""Return a text if every character of it can be drawn, else another: an empty box is no letter.

    Parameters
    ----------
    text
        What should be written; line breaks and signs without a shape (of direction, of joining) are left out.
    fonts
        Tried one after the other, character by character.
    instead
        Written in its stead, in Latin letters and figures.

    Examples
    --------
    >>> drawable("Lake 3", [LAST]), drawable("西湖村", [LAST], "1216"), drawable("a\nb", [LAST])
    ('Lake 3', '1216', 'a b')
    """
    plain = "".join(letter for letter in " ".join(text.split()) if unicodedata.category(letter) != "Cf")
    letters = frozenset[int]().union(*(letters_of(font) for font in fonts))
    return plain if all(ord(letter) in letters for letter in plain) else instead


def folded(text: str, line_em: int) -> list[str]:
    """Break a text into lines of so many Chinese letters; two Latin ones take as much room as one.

    Examples
    --------
    >>> folded("绿美街道行动", 4), folded("greening", 4), folded("", 4)
    (['绿美街道', '行动'], ['greening'], [])
    """
    lines: list[str] = []
    room = 0
    for letter in text:
        wide = 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if room < wide:
            lines.append("")
            room = 2 * line_em
        lines[-1] += letter
        room -= wide
    return lines


def shortened(text: str, line_em: int) -> str:
    """Return what fits into one line of so many Chinese letters, with dots for the rest.

    Examples
    --------
    >>> shortened("西湖村", 3), shortened("西湖村委会", 3), shortened("", 3)
    ('西湖村', '西湖…', '')
    """
    lines = folded(text, line_em)
    return f"{lines[0][:-1]}…" if len(lines) > 1 else text
