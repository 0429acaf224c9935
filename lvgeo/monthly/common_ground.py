"""Ground that does not show at both dates: villages of which nothing does and why, and what lay in a cloud's shadow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lvgeo.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lvgeo.monthly.findings import Pair, VillageFinding

__all__ = ["ground_left_out"]

LEAST_TOLD: Final = 0.001


def ground_left_out(villages: Sequence[VillageFinding]) -> list[Refusal]:
    """Name images of which a part or nothing can be compared: one in shadow, a blank one, or one of other ground.

    Parameters
    ----------
    villages
        The month's findings; of one without scenes at both dates nothing is said here.
    """
    return [
        cause
        for one in villages
        if one.pair is not None and one.whole is not None
        for cause in _causes(one.village_code, one.pair, nothing=one.whole.observed_share == 0)
    ]


def _causes(code: str, pair: Pair, *, nothing: bool) -> Iterator[Refusal]:
    file, said = pair.scene.files[0].path, pair.after.canopy.provenance
    shaded = said["shaded_share"]
    if nothing and not said["observed_share"]:
        yield Refusal("raster_blank", file, code)
    elif shaded:
        share = f"{shaded:.1%}" if shaded >= LEAST_TOLD else f"< {LEAST_TOLD:.1%}"
        yield Refusal("image_shaded", file, code, share, pair.baseline)
    elif nothing:
        yield Refusal("images_apart", file, code, pair.baseline)
