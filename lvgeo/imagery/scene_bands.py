"""Which band of a file is which: by its name first, by its colour interpretation where it has no name."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from rasterio.enums import ColorInterp

from lvgeo.errors import InputRefusedError, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Bands", "Role", "alpha_band", "alpha_is_colour", "alpha_over_nodata", "bands_of"]

Role = Literal["red", "green", "blue", "nir"]

_NAMES: Final[dict[str, Role]] = {
    "red": "red", "r": "red", "红": "red", "green": "green", "g": "green", "绿": "green",
    "blue": "blue", "b": "blue", "蓝": "blue", "nir": "nir", "near infrared": "nir", "nearinfrared": "nir",
    "near ir": "nir", "近红外": "nir",
}  # fmt: skip
_WORDS: Final = re.compile(r"[a-z]+|[\u4e00-\u9fff]+")
_SAYING_NOTHING: Final = {"band", "channel", "reflectance", "nm"}  # beside a name: "Band 4 - NIR", "Green (560 nm)"
_ENDING: Final = re.compile(r"(?<=.)(?:[光色]|波段|通道|反射率)+$")
_COLOURS: Final[dict[ColorInterp, Role]] = {
    ColorInterp.red: "red",
    ColorInterp.green: "green",
    ColorInterp.blue: "blue",
}
if hasattr(ColorInterp, "nir"):
    _COLOURS[ColorInterp.nir] = "nir"


@dataclass(frozen=True, slots=True)
class Bands:
    """Which band of a file plays which role; 1-based, 0 where there is none."""

    red: int = 0
    green: int = 0
    blue: int = 0
    nir: int = 0

    def of(self, roles: Sequence[Role]) -> list[int]:
        """Band numbers of the roles, in their order; 0 where there is none.

        Beside near infrared green only rides along, so that a collar can be seen: where it is missing, red does that.
        """
        stands_in = self.red if "nir" in roles else 0
        return [getattr(self, role) or (stands_in if role == "green" else 0) for role in roles]


def bands_of(opened: Any, name: str, declared: Sequence[str]) -> Bands:
    """Roles of an open file's bands.

    Parameters
    ----------
    opened, name
        The file.
    declared
        What its bands are, in order, where it does not say.

    Raises
    ------
    InputRefusedError
        If colours that are needed are missing, or a band that is alpha by the file is a colour by the campaign, which
        gives others of its bands other colours too.
    """
    found = _said(opened)
    if len(declared) == opened.count:
        found |= _unsaid(opened, name, found, {role: k for k, word in enumerate(declared, 1) if (role := _role(word))})
    if opened.count < 3 and not {"red", "nir"} <= set(found):  # noqa: PLR2004 - red, green and blue
        raise InputRefusedError(Refusal("raster_bands", file=name, value=str(opened.count), limit="R, G, B (+ NIR)"))
    missing = [role for role in ("red", "green", "blue") if role not in found]
    if missing and not {"red", "nir"} <= set(found):
        said = ", ".join(f"{d or c.name}" for d, c in zip(opened.descriptions, opened.colorinterp, strict=True))
        raise InputRefusedError(Refusal("raster_band_roles", file=name, value=said, limit=", ".join(missing)))
    return Bands(**found)


def alpha_is_colour(opened: Any, bands: Bands) -> bool:
    """Return whether a band that is interpreted as alpha has a role: GDAL calls the fourth of four so by default."""
    roles = set(asdict(bands).values())
    return any(c == ColorInterp.alpha and k in roles for k, c in enumerate(opened.colorinterp, start=1))


def alpha_band(opened: Any, bands: Bands) -> int:
    """Return the number of the band that is interpreted as alpha and has no role, 0 where there is none."""
    roles = set(asdict(bands).values())
    alphas = [k for k, c in enumerate(opened.colorinterp, start=1) if c == ColorInterp.alpha and k not in roles]
    return alphas[-1] if alphas else 0


def alpha_over_nodata(opened: Any, bands: Bands) -> int:
    """Return the number of the alpha band of a file that also has a nodata number, 0 where it has not both.

    Alpha says what was observed; GDAL would go by the number alone, which under alpha may stand for anything.
    """
    return alpha_band(opened, bands) if opened.nodata is not None else 0


def _role(words: str | None) -> Role | None:
    """Role that a band's name says, None where it says none: "B4" is a number, and a red edge no red."""
    plain = (words or "").strip().lower()
    said = [_ENDING.sub("", word) for word in _WORDS.findall(plain) if word not in _SAYING_NOTHING]
    roles = {_NAMES.get(word) if word == plain or len(word) > 1 or not word.isascii() else None for word in said}
    alike = roles.pop() if len(roles) == 1 else None  # the same in two languages
    return _NAMES.get(" ".join(said)) if len(said) > 1 and alike is None else alike


def _unsaid(opened: Any, name: str, said: dict[Role, int], declared: dict[Role, int]) -> dict[Role, int]:
    """Roles that the campaign gives to bands of which the file says nothing; none where they contradict each other."""
    alphas = {k for k, colour in enumerate(opened.colorinterp, start=1) if colour == ColorInterp.alpha}
    of_band = {k: role for role, k in said.items()}
    apart = any(said.get(role, k) != k or of_band.get(k, role) != role for role, k in declared.items())
    if apart and alphas & set(declared.values()) and not any(opened.descriptions):
        # Four bands without a name are red, green, blue and alpha to GDAL, whatever they are.
        value, limit = ", ".join(c.name for c in opened.colorinterp), ", ".join(declared)
        raise InputRefusedError(Refusal("raster_bands_contradict", file=name, value=value, limit=limit))
    unsaid = {k for k, words in enumerate(opened.descriptions, start=1) if not words} - alphas
    return {} if apart else {role: k for role, k in declared.items() if role not in said and k in unsaid}


def _said(opened: Any) -> dict[Role, int]:
    found: dict[Role, int] = {}
    for number, words in enumerate(opened.descriptions, start=1):
        if role := _role(words):
            found.setdefault(role, number)
    by_name = bool(found)
    for number, (words, colour) in enumerate(zip(opened.descriptions, opened.colorinterp, strict=True), start=1):
        # Where names are given, a red edge that is interpreted as blue by its position is no blue.
        if not (by_name and words) and (role := _COLOURS.get(colour)):
            found.setdefault(role, number)
    return found
