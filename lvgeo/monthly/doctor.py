"""What is installed, what is wrong with a folder, and from when on a lag of canopy could be proven."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from lvgeo.errors import LvgeoError, Refusal
from lvgeo.labels import say
from lvgeo.land.accepted import accepted_plots
from lvgeo.monthly.foresight import required_rows
from lvgeo.monthly.image_folder import passed_over
from lvgeo.monthly.inputs import imagery_of, open_campaign, read_campaign
from lvgeo.monthly.model_of import model_of
from lvgeo.monthly.month_folders import months_of, outside_months
from lvgeo.monthly.scenes import find_scenes
from lvgeo.progress.controls import LEAST_HALF_WIDTH_PP
from lvgeo.progress.ledger import Ledger
from lvgeo.progress.pen import locks_hold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from lvgeo.campaign.folder import CampaignFolder
    from lvgeo.campaign.settings import CampaignSettings
    from lvgeo.labels import Language
    from lvgeo.monthly.inputs import CampaignInputs

__all__ = ["Symptom", "examine"]

EXTRAS: Final = {"train": "sklearn", "cluster": "distributed", "postgres": "psycopg", "notebooks": "jupyterlab"}
LEAST_FREE_GB: Final = 5.0


@dataclass(frozen=True, slots=True)
class Symptom:
    """One line of the examination.

    Parameters
    ----------
    level
        ``ok``, ``note`` or ``wrong``.
    code, values
        Its words; a refusal among them is said in the language asked for.
    """

    level: Literal["ok", "note", "wrong"]
    code: str
    values: dict[str, Any]

    def sentence(self, language: Language) -> str:
        """Say it."""
        values = {k: v.sentence(language) if isinstance(v, Refusal) else v for k, v in self.values.items()}
        return say(self.code, language, **values)


def examine(folder: str | Path | None, *, on: date) -> list[Symptom]:
    """Examine the installation, and a campaign folder where one is given.

    Parameters
    ----------
    folder
        A campaign folder, or None.
    on
        Day as of which registers are read.
    """
    found = list(_installation())
    if folder is None:
        return found
    try:
        layout, settings = open_campaign(Path(folder))
        model_of(imagery_of(layout, settings))
        inputs = read_campaign(layout, settings, on)
    except LvgeoError as error:
        return [*found, *(Symptom("wrong", "doctor_refused", {"why": one}) for one in error.refusals)]
    return [*found, *_folder(layout, settings, inputs), *_provable(layout, settings, inputs)]


def _installation() -> Iterator[Symptom]:
    version = ".".join(str(v) for v in sys.version_info[:3])
    yield Symptom("ok", "doctor_version", {"lvgeo": importlib.metadata.version("lvgeo"), "python": version})
    missing = [name for name, module in EXTRAS.items() if importlib.util.find_spec(module) is None]
    if missing:
        yield Symptom("note", "doctor_extras", {"extras": ", ".join(f"lvgeo[{name}]" for name in missing)})


def _folder(layout: CampaignFolder, settings: CampaignSettings, inputs: CampaignInputs) -> Iterator[Symptom]:
    free = shutil.disk_usage(layout.root).free / 1e9
    yield Symptom("ok" if free >= LEAST_FREE_GB else "wrong", "doctor_disk", {"free_gb": free})
    yield Symptom(
        "ok", "doctor_inputs", {"villages": len(inputs.villages.frame), "plots": len(inputs.plots.frame)}
    )  # fmt: skip
    for one in inputs.refused:
        yield Symptom("wrong", "doctor_refused", {"why": one})
    months = months_of(layout)
    yield Symptom("ok" if months else "note", "doctor_months", {"months": ", ".join(map(str, months)) or "—"})
    if months and settings.imagery.baseline not in {str(m) for m in months}:
        yield Symptom("wrong", "doctor_baseline", {"baseline": settings.imagery.baseline})
    within = (told for month in months[:-1] for told in passed_over(layout.imagery(month)))  # of the newest: below
    for one in (*outside_months(layout), *within):
        yield Symptom("wrong", "doctor_refused", {"why": one})
    with Ledger(settings.ledger.url, layout.root) as ledger:
        number, count, journal = ledger.altered(), len(ledger.records()), ledger.journal()
    if journal:
        held = locks_hold(layout.root)
        how = "doctor_locks_none" if held is None else "doctor_locks" if held else "doctor_locks_fail"
        yield Symptom("ok" if held else "wrong", how, {"journal": journal})
    if number is not None:
        yield Symptom("wrong", "console_ledger_broken", {"number": number})
    else:
        yield Symptom("ok", "console_ledger_ok", {"count": count})


def _provable(layout: CampaignFolder, settings: CampaignSettings, inputs: CampaignInputs) -> Iterator[Symptom]:
    """From which month on lag could be proven in each village, with the newest image's pixels and the last noise.

    First what of the newest month's images cannot be read.
    """
    months = months_of(layout)
    if not months:
        return
    scenes = find_scenes(str(months[-1]), layout.imagery(months[-1]), inputs.villages, settings.imagery)
    for one in scenes.refused:
        yield Symptom("wrong", "doctor_refused", {"why": one})
    pixels = {code: scene.files[0].grid.ground_pixel_m for code, scene in scenes.by_village.items()}
    widths = dict.fromkeys(pixels, LEAST_HALF_WIDTH_PP)
    with Ledger(settings.ledger.url, layout.root) as ledger:
        for record in ledger.records():
            if record.kind == "verdict" and "spread_pp" in record.body:
                known = record.body.get("half_width_pp", 2.0 * float(record.body["spread_pp"]))
                widths[record.village_code] = max(LEAST_HALF_WIDTH_PP, float(known))
    names = dict(zip(inputs.villages.frame["village_code"], inputs.villages.frame["village"], strict=True))
    plots = accepted_plots(inputs.plots, inputs.villages, inputs.issues)
    latest: dict[str, list[str]] = {}
    for row in required_rows(plots, settings, pixels, widths):
        latest.setdefault(str(row["village_code"]), []).append(str(row["provable_from"]))
    for code, found in sorted(latest.items()):
        values = {"village": names.get(code, code), "month": max(found), "year": settings.campaign.year}
        yield Symptom("note", "doctor_provable" if all(found) else "doctor_not_provable", values)
