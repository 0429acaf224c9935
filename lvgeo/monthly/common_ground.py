"""Villages of whose ground nothing shows at both dates, and which of the two causes it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lvgeo.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lvgeo.monthly.findings import Pair, VillageFinding

__all__ = ["without_common_ground"]


def without_common_ground(villages: Sequence[VillageFinding]) -> list[Refusal]:
    """Name the images that cannot be compared: a blank one, or one of other ground than its baseline shows.

    Parameters
    ----------
    villages
        The month's findings; of one without scenes at both dates nothing is said here.
    """
    return [
        _cause(one.village_code, one.pair)
        for one in villages
        if one.pair is not None and one.whole is not None and one.whole.observed_share == 0
    ]


def _cause(code: str, pair: Pair) -> Refusal:
    file = pair.scene.files[0].path
    if not pair.after.canopy.provenance["observed_share"]:
        return Refusal("raster_blank", file, code)
    return Refusal("images_apart", file, code, pair.baseline)
