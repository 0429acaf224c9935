"""Small polygons around 114.5° E, 23.05° N, where a degree is about 102 470 m east and 110 755 m north."""

from __future__ import annotations

import json
import math
from datetime import date
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely
from pyproj import CRS

from lvgeo.campaign.settings import CampaignSettings
from lvgeo.land.plots import PLOT_FIELDS, Plots, Villages

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LON, LAT = 114.5, 23.05
EAST_M, NORTH_M = 102_477.8, 110_755.9
WEST_CODE, EAST_CODE, TOWN_CODE = "441302001201", "441302001202", "441302001001"


def metres(x0: float, y0: float, x1: float, y1: float) -> shapely.Polygon:
    """Rectangle in metres from the corner that all tests share."""
    return shapely.box(LON + x0 / EAST_M, LAT + y0 / NORTH_M, LON + x1 / EAST_M, LAT + y1 / NORTH_M)


@pytest.fixture
def box() -> Callable[..., shapely.Polygon]:
    return metres


@pytest.fixture
def settings() -> CampaignSettings:
    return CampaignSettings()


@pytest.fixture
def villages() -> Villages:
    """Two villages of 2 km by 2 km that share a border, and a community north of them."""
    rows = [
        (TOWN_CODE, "城南社区", "community", metres(0, 2000, 4000, 3000)),
        (WEST_CODE, "西村", "village", metres(0, 0, 2000, 2000)),
        (EAST_CODE, "东村", "village", metres(2000, 0, 4000, 2000)),
    ]
    data = [
        {"village_code": code, "village": name, "kind": kind, "file": "v.geojson", "feature": str(n), "geometry": shape}
        for n, (code, name, kind, shape) in enumerate(sorted(rows), start=1)
    ]
    return Villages(gpd.GeoDataFrame(data, geometry="geometry", crs="EPSG:4490"), CRS.from_epsg(4490))


@pytest.fixture
def make_plots() -> Callable[..., Plots]:
    """Plots from (id, code, geometry) and, for each, what else is known of it."""

    def make(*rows: tuple[str, str, shapely.Geometry], **known: Any) -> Plots:
        blank = {
            "declared_mu": math.nan,
            "trees": math.nan,
            "species": "",
            "planted_on": date(2024, 2, 20),
            "accuracy_m": math.nan,
            "kind": "",
            "placed": "declared",
            "unclosed": False,
        }
        data = [
            {"plot_id": plot_id, "village_code": code, **blank, **known, "file": "p.geojson", "feature": plot_id,
             "geometry": shape}
            for plot_id, code, shape in rows
        ]  # fmt: skip
        fields = [*PLOT_FIELDS, "geometry"]
        frame = gpd.GeoDataFrame(data, columns=fields, geometry="geometry", crs="EPSG:4490")
        frame["planted_on"] = frame["planted_on"].astype(object)
        return Plots(frame)

    return make


@pytest.fixture
def write_geojson(tmp_path: Path) -> Callable[..., Path]:
    """Write features, each (properties, geometry or None or a raw mapping), to a file of that name."""

    def write(name: str, *features: tuple[dict[str, Any], Any], **top: Any) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [{"type": "Feature", "properties": values, "geometry": _mapping(shape)} for values, shape in features]
        path.write_text(json.dumps({"type": "FeatureCollection", **top, "features": rows}), "utf-8")
        return path

    return write


def _mapping(shape: Any) -> Any:
    return shapely.geometry.mapping(shape) if isinstance(shape, shapely.Geometry) else shape
