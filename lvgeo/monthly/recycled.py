"""Which villages' images of a month are earlier ones: by their bytes, by their day, by their grain."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from lvgeo.engine import job_lost, run
from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.imagery.recycled import RECYCLED_SHARE, same_grain_share
from lvgeo.units import Month

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lvgeo.imagery.classify import Scene

__all__ = ["recycled_images", "repeated_images"]

EARLY_DAYS: Final = 7  # a flight on the last days of a month may be filed under the next


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two scenes of one village."""

    scene: Scene
    earlier: Scene


def recycled_images(scenes: Mapping[str, Mapping[str, Scene]], label: str, engine: str) -> dict[str, Refusal]:
    """Village code → why its image of a month is no image of that month.

    Parameters
    ----------
    scenes
        Month (or name of a date) → village code → scene; those before `label` in order are the earlier ones.
    label
        The month asked about.
    engine
        Where jobs run.
    """
    mine = scenes.get(label, {})
    earlier = [name for name in scenes if name < label]
    found: dict[str, Refusal] = {}
    pairs: dict[tuple[str, str], _Pair] = {}
    for code, scene in sorted(mine.items()):
        told = _told_by_itself(code, scene, label) or _same_bytes(code, scene, [(m, scenes[m]) for m in earlier])
        if told is not None:
            found[code] = told
            continue
        pairs |= {(code, m): _Pair(scene, scenes[m][code]) for m in earlier if code in scenes[m]}
    keys = sorted(pairs)
    unique = {(pairs[key].scene.digests, pairs[key].earlier.digests): pairs[key] for key in keys}
    compared = run(_share, list(unique.values()), engine=engine, lost=lambda _job: math.nan)
    shares = dict(zip(unique, compared, strict=True))
    for code, month in keys:
        share = shares[pairs[code, month].scene.digests, pairs[code, month].earlier.digests]
        if math.isnan(share):
            found.setdefault(code, job_lost(code, pairs[code, month].scene.files[0].path))
        if share >= RECYCLED_SHARE and code not in found:
            file = pairs[code, month].scene.files[0].path
            found[code] = Refusal("image_recycled", file=file, feature=code, value=f"{share:.0%}", limit=month)
    return found


def repeated_images(
    before: tuple[str, Mapping[str, Scene]], after: Mapping[str, Scene], engine: str
) -> tuple[Refusal, ...]:
    """Name villages whose images of two dates are one picture; compared they are all the same, where it was asked.

    Parameters
    ----------
    before
        Name of the first date, and village code → scene.
    after
        The same of the second.
    engine
        Where jobs run.
    """
    label, earlier = before
    found = recycled_images({"1": earlier, "2": after}, "2", engine).values()
    return tuple(
        replace(one, code="image_repeated", limit=label) if one.code == "image_recycled" else one for one in found
    )


def _share(pair: _Pair) -> float:
    try:
        return same_grain_share(pair.scene, pair.earlier)
    except InputRefusedError:
        return 0.0  # a broken file is refused where it is classified


def _told_by_itself(code: str, scene: Scene, label: str) -> Refusal | None:
    """Whether a file's own day lies before the month whose folder it is in."""
    try:
        first = Month.parse(label).first_day
    except ValueError:
        return None
    for file in scene.files:
        if file.acquired is not None and file.acquired < first - timedelta(EARLY_DAYS):
            return Refusal("image_misdated", file=file.path, feature=code, value=str(file.acquired), limit=label)
    return None


def _same_bytes(code: str, scene: Scene, earlier: list[tuple[str, Mapping[str, Scene]]]) -> Refusal | None:
    for month, by_village in earlier:
        if code in by_village and set(scene.digests) & set(by_village[code].digests):
            return Refusal("image_recycled", file=scene.files[0].path, feature=code, value="100%", limit=month)
    return None
