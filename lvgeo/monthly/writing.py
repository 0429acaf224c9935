"""Write all that a month gives: tables, layers, map, account."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lvgeo.monthly.mapping import head_of, map_page, with_ends
from lvgeo.monthly.pages import Shapes, drawing_of, store_layers, versions, write_run, write_tables
from lvgeo.outputs.map import write_map

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lvgeo.monthly.canopy import Classified
    from lvgeo.monthly.mapping import Story
    from lvgeo.monthly.results import Result
    from lvgeo.monthly.run import Run
    from lvgeo.progress.loss import LossPatch

__all__ = ["Drawn", "write_month"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a month draws.

    Parameters
    ----------
    shapes, losses
        Boundaries and plots; patches of canopy lost.
    told
        Village code → what was seen and said of it.
    tasks
        Rows of compliance as a layer keeps them.
    """

    shapes: Shapes
    losses: Sequence[LossPatch]
    told: Mapping[str, Story]
    tasks: Sequence[Mapping[str, object]]


def write_month(
    run: Run,
    drawn: Drawn,
    classified: Classified,
    found: Result,
    account: Mapping[str, object],
) -> Result:
    """Write every output; the map first of the files, as the one to open.

    Returns
    -------
    Result
        With its files, and with earlier months that the map had to leave out.
    """
    out = found.folder
    out.mkdir(parents=True, exist_ok=True)
    head = head_of(run.settings, str(run.month), run.language, str(account["counted_on"]))
    files = write_tables(out, found.rows, run.language)
    store_layers(out / "results.gpkg", drawn.shapes, found.rows, drawn.losses, drawn.tasks)
    seen = with_ends(drawn.told, classified, head)
    page, unseen = map_page(head, drawing_of(drawn.shapes), (found.rows, found.consequences), seen)
    write_map(out / "map.html", page)
    left_out = (*found.left_out, *unseen)
    model = classified.model
    write_run(
        out / "run.json",
        {
            "command": "month",
            "month": str(run.month),
            **account,
            "inputs": dict(run.inputs),
            "inputs_digest": run.digest(),
            "model": model.facts() if model else None,
            "scenes": classified.account(),
            "settings": run.settings.model_dump(mode="json"),
            "versions": versions(),
            "left_out": [run.layout.told(one).sentence(run.language) for one in left_out],
        },
    )
    files = (out / "map.html", *files, out / "results.gpkg", out / "run.json")
    return replace(found, files=files, left_out=left_out)
