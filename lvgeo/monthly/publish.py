"""The month's documents: workbook, bulletin, dossiers, figures; made from the same rows as the tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from lvgeo.imagery.store import read_preview
from lvgeo.labels import say
from lvgeo.monthly.pages import GAINED, LOST, TABLES, Story
from lvgeo.outputs.bulletin import Bulletin, BulletinTable, write_bulletin, write_bulletin_docx
from lvgeo.outputs.columns import MONTHS
from lvgeo.outputs.dossier import Dossier, DossierChip, write_dossier
from lvgeo.outputs.figures import draw_change, draw_street
from lvgeo.outputs.map import MapMonth
from lvgeo.outputs.workbook import write_workbook
from lvgeo.progress.standing import latest_verdicts
from lvgeo.progress.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lvgeo.campaign.settings import CampaignSettings
    from lvgeo.labels import Language
    from lvgeo.monthly.assess import Street
    from lvgeo.monthly.findings import Pair, VillageFinding
    from lvgeo.monthly.pages import Shapes
    from lvgeo.monthly.results import Result, Rows
    from lvgeo.progress.consequences import WrongConsequences
    from lvgeo.progress.ledger import Record

__all__ = ["Published", "months_rows", "publish", "stories"]

CHIP_PX: Final = 1024
_SHEETS: Final = (
    ("sheet_area", "area_compliance"), ("sheet_canopy", "canopy_change"), ("sheet_plots", "plot_change"),
    ("sheet_issues", "plot_issues"), ("sheet_required", "required_gain"), ("sheet_loss", "canopy_loss"),
    ("sheet_compliance", "compliance"),
)  # fmt: skip
_BOTH, _NEITHER = (150, 150, 150), (246, 246, 244)


@dataclass(frozen=True, slots=True)
class Published:
    """What documents are made from, besides the rows.

    Parameters
    ----------
    settings
        The year's rules.
    month, baseline
        ``YYYY-MM``.
    counted_on
        Day as of which streaks are counted.
    street
        Findings.
    shapes
        Boundaries and plots.
    records
        The ledger.
    inputs
        File → SHA-256.
    year
        Wrong consequences to expect of the year so far.
    """

    settings: CampaignSettings
    month: str
    baseline: str
    counted_on: str
    street: Street
    shapes: Shapes
    records: Sequence[Record]
    inputs: Mapping[str, str]
    year: WrongConsequences


def publish(folder: Path, found: Result, more: Published) -> tuple[Path, ...]:
    """Write every document.

    Parameters
    ----------
    folder
        The month's.
    found
        Its rows.
    more
        The rest.

    Returns
    -------
    tuple[Path, ...]
        Files, in the order in which a person opens them.
    """
    language = found.language
    bulletin = _bulletin(found, more)
    write_bulletin(folder / "bulletin.html", bulletin)
    write_bulletin_docx(folder / "bulletin.docx", bulletin)
    write_workbook(folder / "results.xlsx", _sheets(found, more), _notes(more, language), language)
    dossiers = _dossiers(folder / "evidence", found, more)
    figures = _figures(folder / "figures", found, more)
    return (folder / "bulletin.html", folder / "bulletin.docx", folder / "results.xlsx", *dossiers, *figures)


def months_rows(records: Sequence[Record], names: Mapping[str, str], language: Language) -> Rows:
    """Rows of the sheet of months: each village's word of each month."""
    return tuple(
        {
            "village_code": one.village_code, "village": names.get(one.village_code, ""), "month": str(one.month),
            "verdict": one.body.get("word"), "basis": one.body.get("basis"), "reason": _sentence(one, language),
            "recorded_on": str(one.recorded_on), "revision": one.revision,
        }
        for one in sorted(latest_verdicts(records), key=lambda r: (r.village_code, r.month))
    )  # fmt: skip


def stories(records: Sequence[Record], month: str, canopy: Path) -> dict[str, Story]:
    """Village code → its earlier months' pictures and words, from the ledger.

    Parameters
    ----------
    records
        The ledger, up to the month.
    month
        This one, whose own picture is drawn anyhow.
    canopy
        Folder of class rasters.
    """
    pictures: dict[str, list[tuple[str, Path]]] = {}
    months: dict[str, list[MapMonth]] = {}
    for one in sorted(latest_verdicts(records), key=lambda r: r.month):
        code, body = one.village_code, one.body
        raster = str(body.get("raster", ""))
        if raster and str(one.month) < month:
            pictures.setdefault(code, []).append((str(one.month), canopy / code / f"{raster}-preview.tif"))
        figures = (body.get(key) for key in ("low_pp", "adjusted_pp", "high_pp", "due_pp"))
        months.setdefault(code, []).append(MapMonth(str(one.month), str(body.get("word")), *figures))
    return {code: Story(tuple(pictures.get(code, ())), tuple(said)) for code, said in months.items()}


def _sentence(record: Record, language: Language) -> str:
    """Say a recorded reason; a code that this version no longer has is shown as it is."""
    code = str(record.body.get("reason", ""))
    try:
        return Reason(code, dict(record.body.get("values", {}))).sentence(language)
    except KeyError:
        return code


def _names(more: Published) -> dict[str, str]:
    frame = more.shapes.villages.frame
    return dict(zip(frame["village_code"], frame["village"], strict=True))


def _sheets(found: Result, more: Published) -> list[Any]:
    language = found.language
    sheets = [(say(name, language), TABLES[table], found.rows[table]) for name, table in _SHEETS if table in found.rows]
    months = months_rows(more.records, _names(more), language)
    return [*sheets[:4], (say("sheet_months", language), MONTHS, months), *sheets[4:]]


def _notes(more: Published, language: Language) -> list[str]:
    head = say("workbook_head", language, title=more.settings.campaign.name, month=more.month, on=more.counted_on)
    return [head, say("workbook_codes", language), say("workbook_words", language), more.settings.campaign.secrecy_note]


def _bulletin(found: Result, more: Published) -> Bulletin:
    language, lagging = found.language, more.settings.lagging
    rows = found.rows["canopy_change"]
    area = {row["village_code"]: row for row in found.rows["area_compliance"]}
    joined = [{**area.get(row["village_code"], {}), **row} for row in rows]
    order = {"on_track": 0, "not_assessed": 1, "inconclusive": 2, "lagging": 3}
    ranked = sorted(
        joined, key=lambda r: (order.get(str(r["verdict"]), 9), -_number(r.get("area_mu")), r["village_code"])
    )
    flagged = [row | {"consequence": found.consequences.get(str(row["village_code"]), "")} for row in joined
               if row["verdict"] == "lagging"]  # fmt: skip
    unjudged = [row for row in joined if row["verdict"] in {"inconclusive", "not_assessed"}]
    until = date.fromisoformat(more.counted_on) + timedelta(lagging.reply_days)

    def heads(*keys: str) -> tuple[tuple[str, str], ...]:
        return tuple((_heading(key, language), key) for key in keys)

    who = ("village", "verdict")
    tables = (
        BulletinTable(say("bulletin_ranking", language), "",
                      heads(*who, "area_mu", "trees", "status", "adjusted_change_pp", "required_pp"), tuple(ranked)),
        BulletinTable(say("bulletin_flagged", language), "",
                      heads("village", "basis", "reason", "notices", "streak", "consequence"), tuple(flagged)),
        BulletinTable(say("bulletin_unjudged", language), say("bulletin_unjudged_intro", language),
                      heads("village", "reason"), tuple(unjudged)),
    )  # fmt: skip
    return Bulletin(
        say("bulletin_title", language, title=more.settings.campaign.name, month=more.month),
        say("bulletin_under", language, on=more.counted_on, baseline=more.baseline),
        more.settings.campaign.secrecy_note,
        language,
        _overall(found, joined, language),
        _budget(more, language),
        tables,
        say("bulletin_reply_text", language, until=until),
    )  # fmt: skip


def _budget(more: Published, language: Language) -> str:
    """Say how many wrong notices of the month, and wrong consequences of the year, are to be expected."""
    month, year = more.street.wrong, more.year
    said = say("bulletin_budget", language, assessed=month.assessed, expected=month.expected, low=month.low,
               high=month.high, allowed=month.allowed)  # fmt: skip
    if not year.months:
        return said
    return said + say("bulletin_budget_year", language, months=year.months, expected=year.expected, low=year.low,
                      high=year.high, allowed=year.allowed)  # fmt: skip


def _number(value: object) -> float:
    return float(str(value)) if value is not None else 0.0


def _overall(found: Result, joined: Sequence[Mapping[str, object]], language: Language) -> tuple[tuple[str, str], ...]:
    counts = found.counts("canopy_change", "verdict")
    words = [(say(f"verdict_{key}", language), str(n)) for key, n in counts.items()]
    mu = sum(_number(row.get("area_mu")) for row in joined if row.get("kind") != "community")
    trees = sum(int(_number(row.get("trees"))) for row in joined if row.get("kind") == "community")
    return (
        (say("bulletin_villages", language), str(len(joined))), *words,
        (say("bulletin_area", language), f"{mu:.2f}"), (say("bulletin_trees", language), str(trees)),
    )  # fmt: skip


def _heading(key: str, language: Language) -> str:
    if key == "consequence":
        return say("bulletin_consequence", language)
    columns = {one.key: one for table in ("canopy_change", "area_compliance") for one in TABLES[table]}
    return columns[key].zh if language == "zh" else columns[key].en


def _dossiers(folder: Path, found: Result, more: Published) -> list[Path]:
    area = {row["village_code"]: row for row in found.rows["area_compliance"]}
    rows = {row["village_code"]: row for row in found.rows["canopy_change"]}
    written = []
    for finding in more.street.villages:
        path = folder / f"{finding.village_code}.html"  # twelve digits, checked where boundaries are read
        row = {**area.get(finding.village_code, {}), **rows[finding.village_code]}
        write_dossier(path, _dossier(finding, row, found, more))
        written.append(path)
    return written


def _dossier(finding: VillageFinding, row: Mapping[str, object], found: Result, more: Published) -> Dossier:
    code, language = finding.village_code, found.language
    frame = more.shapes.plots.frame
    plots = tuple(frame.geometry[frame["village_code"] == code])
    errors = finding.evidence.controls.errors_pp if finding.evidence is not None else ()
    return Dossier(
        say("dossier_title", language, village=finding.village, month=more.month),
        say("dossier_under", language, village_code=code, on=more.counted_on),
        more.settings.campaign.secrecy_note,
        language,
        row,
        found.consequences.get(code, ""),
        _chips(finding.pair, more.month, language),
        (plots, more.shapes.villages.crs),
        tuple(errors),
        _history(code, more.records, language),
        tuple((name, digest) for name, digest in more.inputs.items() if code in name or not name.startswith("imagery")),
        f"lvgeo month . {more.month} --lang {language}",
    )


def _chips(pair: Pair | None, month: str, language: Language) -> tuple[DossierChip, ...]:
    if pair is None:
        return ()
    found = []
    for classified, caption in (
        (pair.before, say("dossier_before", language, month=pair.baseline)),
        (pair.after, say("dossier_after", language, month=month)),
    ):
        small = read_preview(classified.preview)
        pixel_m = small.grid.ground_pixel_m
        found.append(DossierChip(caption, small.rgb, small.seen, small.grid.transform, small.grid.crs, pixel_m))
    before, grid = pair.before.canopy.thumbnail(CHIP_PX)
    after, _ = pair.after.canopy.thumbnail(CHIP_PX)
    rgb = np.empty((*before.shape, 3), dtype=np.uint8)
    rgb[:] = _NEITHER
    for state, colour in (((2, 2), _BOTH), ((1, 2), GAINED), ((2, 1), LOST)):
        rgb[(before == state[0]) & (after == state[1])] = colour
    caption = say("dossier_canopy", language)
    seen = (before > 0) & (after > 0)
    found.append(DossierChip(caption, rgb, seen, grid.transform, grid.crs, grid.ground_pixel_m))
    return tuple(found)


def _history(code: str, records: Sequence[Record], language: Language) -> tuple[tuple[str, str], ...]:
    """Every verdict, reply and decision on a village, as they were written."""
    found = []
    for one in records:
        if one.village_code != code or one.kind not in {"verdict", "reply", "decision"}:
            continue
        body = one.body
        if one.kind == "verdict":
            word = say(f"verdict_{body.get('word')}", language)
            text = say("dossier_said", language, word=word, reason=_sentence(one, language))
        elif one.kind == "reply":
            text = say("dossier_replied", language, text=body.get("text", ""))
        else:
            decision = say(f"decision_{body.get('decision')}", language)
            text = say("dossier_decided", language, reviewer=body.get("reviewer", ""), decision=decision,
                       reason=body.get("reason", ""))  # fmt: skip
        found.append((f"{one.month} · {one.recorded_on} · #{one.number}", text))
    return tuple(found)


def _figures(folder: Path, found: Result, more: Published) -> list[Path]:
    title = f"{more.settings.campaign.name} {more.month}"
    states = {str(row["village_code"]): str(row["verdict"]) for row in found.rows["canopy_change"]}
    villages = more.shapes.villages.frame.to_crs(more.settings.campaign.crs)
    street, change = folder / "street.png", folder / "change.png"
    draw_street(street, villages, states, title, found.language)
    draw_change(change, found.rows["canopy_change"], title, found.language)
    return [street, change]
