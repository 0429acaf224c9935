"""Plots and boundaries as the ledger recorded them, against those handed in now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
import sqlalchemy as sql

from lvgeo.land.area import geodesic_area_m2
from lvgeo.land.location import locate
from lvgeo.land.repair import whole_shapes
from lvgeo.land.versions import GroundSet, ground_changes, plot_versions
from lvgeo.progress.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lvgeo.campaign.folder import CampaignFolder
    from lvgeo.campaign.settings import CampaignSettings
    from lvgeo.labels import Language
    from lvgeo.land.plots import Plots, Villages
    from lvgeo.monthly.results import Rows

__all__ = ["ground_bodies", "version_rows"]

_DECIMALS: Final = 9  # of a degree: a tenth of a millimetre


def ground_bodies(villages: Villages, plots: Plots) -> dict[str, dict[str, Any]]:
    """Village code → its boundary and plots as they are drawn, to be recorded.

    Parameters
    ----------
    villages, plots
        In one geographic reference system; plots that no village holds are not recorded.
    """
    found: dict[str, dict[str, Any]] = {
        code: {"boundary": _wkt(shape), "plots": {}}
        for code, shape in zip(villages.frame["village_code"], villages.frame.geometry, strict=True)
    }
    for plot_id, (code, shape) in _now(villages, plots).plots.items():
        if code in found:
            found[code]["plots"][plot_id] = _wkt(shape)
    return found


def version_rows(
    layout: CampaignFolder, settings: CampaignSettings, villages: Villages, plots: Plots, language: Language
) -> dict[str, Rows]:
    """Rows of plot_versions.csv and ground_changes.csv; none where no month was recorded yet."""
    recorded = _recorded(layout, settings)
    if not recorded:
        return {}
    before = GroundSet(
        {
            plot_id: (code, shapely.from_wkt(text))
            for code, body in sorted(recorded.items())
            for plot_id, text in body["plots"].items()
        },
        {code: shapely.from_wkt(body["boundary"]) for code, body in recorded.items()},
    )
    after = _now(villages, plots)
    return {
        "plot_versions": tuple(one.row(language) for one in plot_versions(before, after)),
        "ground_changes": tuple(one.row(language) for one in ground_changes(before, after)),
    }


def _recorded(layout: CampaignFolder, settings: CampaignSettings) -> dict[str, Mapping[str, Any]]:
    place = sql.make_url(settings.ledger.url)
    if place.get_backend_name() == "sqlite" and not (layout.root / str(place.database)).is_file():
        return {}  # opening it would make it
    with Ledger(settings.ledger.url, layout.root) as ledger:
        return ledger.grounds()


def _now(villages: Villages, plots: Plots) -> GroundSet:
    frame = plots.frame
    borders = dict(zip(villages.frame["village_code"], villages.frame.geometry, strict=True))
    if frame.empty:
        return GroundSet({}, borders)
    shapes = whole_shapes(frame.geometry)
    where = locate(shapes, geodesic_area_m2(shapes), np.array(villages.frame.geometry, dtype=object))
    held = np.append(villages.frame["village_code"].to_numpy(dtype=object), "")[where.held]
    codes = np.where(plots.codes == "", held, plots.codes)
    return GroundSet(
        {one: (code, shape) for one, code, shape in zip(plots.ids, codes, frame.geometry, strict=True)}, borders
    )


def _wkt(shape: shapely.Geometry) -> str:
    return str(shapely.to_wkt(shape, rounding_precision=_DECIMALS, trim=True))
