"""Which village a row belongs to: by its code, or by its name as people write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lvgeo.registers.cells import CellError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lvgeo.land.plots import Villages

__all__ = ["VillageNames"]

_SUFFIX: Final = re.compile(r"(村民委员会|居民委员会|村委会|居委会|社区|村)$")


@dataclass(frozen=True, slots=True)
class VillageNames:
    """Codes by full name, and by name without what it is where only one village is called so.

    Examples
    --------
    >>> names = VillageNames.of({"441302001201": "埔心村", "441302001001": "城南社区"})
    >>> names.code("", "埔心村委会"), names.code("441302001001", "")
    ('441302001201', '441302001001')
    """

    codes: frozenset[str]
    by_name: Mapping[str, str]
    by_stem: Mapping[str, str]

    @classmethod
    def of(cls, names: Mapping[str, str]) -> VillageNames:
        """Make it from code → name."""
        stems: dict[str, list[str]] = {}
        for code, name in names.items():
            stems.setdefault(_stem(name), []).append(code)
        single = {stem: codes[0] for stem, codes in stems.items() if len(codes) == 1 and stem}
        return cls(frozenset(names), {name: code for code, name in names.items()}, single)

    @classmethod
    def of_villages(cls, villages: Villages) -> VillageNames:
        """Make it from boundaries."""
        frame = villages.frame
        return cls.of(dict(zip(frame["village_code"], frame["village"], strict=True)))

    def code(self, code: str, name: str, *, street: bool = False) -> str:
        """Return the village's code; empty for the whole street.

        Raises
        ------
        CellError
            If there is no such village, the two do not agree, or none is written and one must be.
        """
        named = self.by_name.get(name) or self.by_name.get(_stem(name)) or self.by_stem.get(_stem(name), "")
        if not code and not name:
            if street:
                return ""
            raise CellError("row_missing", "village_code")
        if code and code not in self.codes:
            raise CellError("village_code_unknown", code)
        if name and not named and not code:
            raise CellError("row_village_unknown", name)
        if code and named and named != code:
            raise CellError("row_village_differs", f"{code} {name}")
        return code or named


def _stem(name: str) -> str:
    return _SUFFIX.sub("", name)
