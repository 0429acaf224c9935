"""The STAC catalogue of a folder of class rasters, written after the jobs: they write only their own rasters."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from lvgeo.imagery.footprint import footprint
from lvgeo.imagery.stac import canopy_catalog, canopy_item
from lvgeo.outputs.files import write_text

if TYPE_CHECKING:
    from pathlib import Path

    from lvgeo.monthly.canopy import Classified

__all__ = ["write_catalogue"]


def write_catalogue(folder: Path, classified: Classified, label: str, title: str) -> None:
    """Write an item beside each class raster of this run, and the catalogue of all that lie in the folder.

    Parameters
    ----------
    folder
        Of class rasters, a folder a village.
    classified
        This run's.
    label
        Name of the second date.
    title
        Of the catalogue.
    """
    # A raster's name begins with its date: a baseline may have no pair.
    scenes = [(code, one, one.canopy.path.stem.rpartition("-")[0]) for code, one in classified.befores.items()]
    scenes += [(code, pair.after, label) for code, pair in classified.pairs.items()]
    for code, scene, date in scenes:
        item = canopy_item(scene.canopy, scene.preview, code, date, footprint(scene.canopy))
        text = json.dumps(item, ensure_ascii=False, indent=1, sort_keys=True)
        write_text(scene.canopy.path.with_suffix(".json"), text + "\n")
    items = [f"{p.parent.name}/{p.name}" for p in folder.glob("*/*.json") if p.with_suffix(".tif").is_file()]
    text = json.dumps(canopy_catalog(items, title), ensure_ascii=False, indent=1, sort_keys=True)
    write_text(folder / "catalog.json", text + "\n")
