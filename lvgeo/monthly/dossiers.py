"""Each village's dossier, from its finding, its rows and the ledger."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from lvgeo.imagery.store import read_preview
from lvgeo.labels import say
from lvgeo.monthly.history import history
from lvgeo.outputs.chips import Chip
from lvgeo.outputs.dossier import Check, Dossier, evidence_path, write_dossier
from lvgeo.outputs.palette import GAIN, GROUND, KEPT, LOSS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lvgeo.campaign.settings import CampaignSettings
    from lvgeo.labels import Language
    from lvgeo.monthly.findings import Pair, VillageFinding
    from lvgeo.monthly.published import Published
    from lvgeo.monthly.results import Result

__all__ = ["write_dossiers"]

CHIP_PX: Final = 1024
_GAINED, _LOST, _BOTH, _NEITHER = (tuple(bytes.fromhex(colour[1:])) for colour in (GAIN, LOSS, KEPT, GROUND))


def write_dossiers(folder: Path, found: Result, more: Published) -> list[Path]:
    """Write a page a village.

    Parameters
    ----------
    folder
        Of the evidence.
    found
        The month's rows.
    more
        Findings and the ledger.
    """
    area = {row["village_code"]: row for row in found.rows["area_compliance"]}
    rows = {row["village_code"]: row for row in found.rows["canopy_change"]}
    written = []
    for finding in more.street.villages:
        path = evidence_path(folder, finding.village_code)
        row = {**area.get(finding.village_code, {}), **rows[finding.village_code]}
        write_dossier(path, _dossier(finding, row, found, more))
        written.append(path)
    return written


def _dossier(finding: VillageFinding, row: Mapping[str, object], found: Result, more: Published) -> Dossier:
    code, language = finding.village_code, found.language
    frame = more.shapes.plots.frame
    plots = tuple(frame.geometry[frame["village_code"] == code])
    return Dossier(
        say("dossier_title", language, village=finding.village, month=more.month),
        say("dossier_under", language, village_code=code, on=more.counted_on),
        more.settings.campaign.secrecy_note,
        language,
        row,
        found.consequences.get(code, ""),
        _chips(finding.pair, more.month, language),
        (plots, more.shapes.villages.crs),
        _checks(finding, more.settings, language),
        finding.evidence.controls.errors_pp if finding.evidence is not None else (),
        history(code, more.records, language),
        tuple((name, digest) for name, digest in more.inputs.items() if code in name or not name.startswith("imagery")),
        f"lvgeo month DIR {more.month} --on {more.counted_on} --lang {language}",
    )


def _checks(finding: VillageFinding, settings: CampaignSettings, language: Language) -> tuple[Check, ...]:
    """List what its images were held to; nothing where there were none."""
    seen, pair = finding.evidence, finding.pair
    if seen is None or pair is None:
        return ()
    registration, grid = pair.after.registration, pair.after.canopy.grid
    shift_m = math.hypot(*registration.shift) * grid.ground_pixel_m
    imagery, least = settings.imagery, settings.lagging.min_control_villages
    share, residual, number = seen.change.observed_share, seen.residual_m, seen.controls.effective
    told: tuple[tuple[str, str, str, bool], ...] = (
        ("observed", f"{share:.1%}", f"≥ {imagery.min_observed_share:.0%}", share >= imagery.min_observed_share),
        ("gsd", f"{grid.ground_pixel_m:.3f} m", f"≤ {imagery.max_gsd_m:g} m", grid.ground_pixel_m <= imagery.max_gsd_m),
        ("shift", f"{shift_m:.2f} m", f"≤ {imagery.max_shift_m:g} m", not registration.refusal),
        ("residual", f"{residual:.3f} m", f"≤ {seen.residual_limit_m:.3f} m",
         not seen.unregistered and residual <= seen.residual_limit_m),
        ("controls", f"{number:.1f}", f"≥ {least}", number >= least and seen.controls.method != "too_few"),
    )  # fmt: skip
    if len(pair.scene.files) > 1:
        told += (("flights", _flights(pair), f"flights = {imagery.flights}", True),)
    return tuple(Check(say(f"check_{key}", language), is_, asked, bool(holds)) for key, is_, asked, holds in told)


def _flights(pair: Pair) -> str:
    """Name the files that the scene was put together from, with their day, what each gave and how far it was moved."""
    said, pixel_m = pair.after.canopy.provenance, pair.after.canopy.grid.ground_pixel_m
    told = []
    for file, share, flight in zip(pair.scene.files, said["given_share"], said["flights"], strict=True):
        off_m = math.hypot(flight["rows_off_px"], flight["cols_off_px"]) * pixel_m
        words = Path(file.path).name, str(file.acquired or "—"), f"{share:.0%}"
        told.append(" ".join((*words, f"({off_m:.2f} m)") if off_m else words))
    return "; ".join(told)


def _chips(pair: Pair | None, month: str, language: Language) -> tuple[Chip, ...]:
    if pair is None:
        return ()
    found = []
    for classified, caption in (
        (pair.before, say("dossier_before", language, month=pair.baseline)),
        (pair.after, say("dossier_after", language, month=pair.flown_on or month)),
    ):
        small = read_preview(classified.preview)
        grid = small.grid
        found.append(Chip(caption, small.rgb, small.seen, grid.transform, grid.crs, grid.ground_pixel_m))
    before, grid = pair.before.canopy.thumbnail(CHIP_PX)
    after, _ = pair.after.canopy.thumbnail(CHIP_PX)
    rgb = np.empty((*before.shape, 3), dtype=np.uint8)
    rgb[:] = _NEITHER
    for state, colour in (((2, 2), _BOTH), ((1, 2), _GAINED), ((2, 1), _LOST)):
        rgb[(before == state[0]) & (after == state[1])] = colour
    caption = say("dossier_canopy", language)
    seen = (before > 0) & (after > 0)
    found.append(Chip(caption, rgb, seen, grid.transform, grid.crs, grid.ground_pixel_m))
    return tuple(found)
