"""Class rasters are catalogued as STAC asks: each item is held to the standard's own schema, and leads to its files."""

import json

import numpy as np
import pystac
import pytest
import rasterio
import shapely
from factories import ground, square, write_geojson, write_tif
from pyproj import CRS, Transformer
from pystac.validation import validate_dict

import lvgeo
from lvgeo.campaign.settings import ImageryTable, LandTable
from lvgeo.imagery.grid import Grid
from lvgeo.imagery.stac import canopy_item
from lvgeo.imagery.store import CanopyRaster
from lvgeo.land.read import read_villages
from lvgeo.monthly.canopy import classify_street
from lvgeo.monthly.catalogue import write_catalogue
from lvgeo.monthly.dated import Dated
from lvgeo.monthly.scenes import find_scenes
from lvgeo.monthly.silent import silent

CODE = "441399001201"


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    """One village compared over two dates."""
    folder = tmp_path_factory.mktemp("stac")
    for date, gain in (("2024-01", 1.0), ("2024-09", 0.9)):
        pixels = ground(gain=gain)
        pixels[:, :, :40] = 0  # a collar of a quarter that no mask marks
        write_tif(folder / date / f"{CODE}.tif", pixels)
    lon, lat = Transformer.from_crs(4547, 4490, always_xy=True).transform(551010.0, 2549930.0)
    zones = write_geojson(folder / "zones.geojson", [square(lon, lat, 60, CODE, village="甲村")])
    lvgeo.compare(folder / "2024-01", folder / "2024-09", zones=zones, out=folder / "out", model="index")
    return folder / "out" / "canopy" / "catalog.json"


def validated(item):
    """Hold an item to the core schema; that of an extension lies on the network, and its fields are asked below."""
    return validate_dict(item | {"stac_extensions": []})


def test_the_catalogue_leads_to_items_and_items_to_their_rasters(catalog):
    items = list(pystac.Catalog.from_file(str(catalog)).get_items(recursive=True))
    assert sorted(item.properties["lvgeo:date"] for item in items) == ["2024-01", "2024-09"]
    validate_dict(json.loads(catalog.read_text(encoding="utf-8")))
    for item in items:
        validated(item.to_dict(include_self_link=False, transform_hrefs=False))
        with rasterio.open(item.assets["classes"].get_absolute_href()) as opened:
            assert item.properties["proj:shape"] == list(opened.shape)
            assert item.properties["proj:transform"] == pytest.approx(list(opened.transform)[:6])
            assert item.properties["proj:code"] == f"EPSG:{opened.crs.to_epsg()}"
            assert item.assets["classes"].extra_fields == {"data_type": opened.dtypes[0], "nodata": 0}
        assert item.properties["lvgeo:village_code"] == CODE


def test_an_item_says_what_its_raster_was_made_from(catalog):
    item = next(pystac.Catalog.from_file(str(catalog)).get_items(recursive=True))
    assert {"lvgeo:scene", "lvgeo:baseline", "lvgeo:model", "lvgeo:registration", "lvgeo:given_share"} <= set(
        item.properties
    )
    # What is there to read a piece again is long, and tells nobody anything.
    with rasterio.open(item.assets["classes"].get_absolute_href()) as opened:
        assert '"curves"' in opened.tags()["LVGEO"]
    assert not {"lvgeo:curves", "lvgeo:places"} & set(item.properties)


def test_the_footprint_is_the_ground_that_was_observed(catalog):
    """The eastern three quarters of 80 m, and no more than the raster's cells beyond."""
    item = next(pystac.Catalog.from_file(str(catalog)).get_items(recursive=True))
    to_plane = Transformer.from_crs(4326, item.properties["proj:code"], always_xy=True)
    west, _, east, _ = shapely.transform(
        shapely.geometry.shape(item.geometry), to_plane.transform, interleaved=False
    ).bounds
    left, wide = item.properties["proj:transform"][2], item.properties["proj:shape"][1] * 0.5
    # The village's grid is the image cut to 30 m around it; the collar is eroded by three pixels.
    assert west == pytest.approx(551000.0 + 43 * 0.5, abs=0.6)
    assert east == pytest.approx(left + wide, abs=0.6)


def test_a_plane_without_a_number_is_told_by_its_definition(tmp_path):
    crs = CRS.from_proj4("+proj=utm +zone=50 +ellps=GRS80 +units=m +no_defs")
    grid = Grid(crs, rasterio.Affine(0.2, 0, 551000, 0, -0.2, 2550000), 40, 60)
    item = canopy_item(
        CanopyRaster(tmp_path / "2024-09-x.tif", grid, {}), tmp_path / "p.tif", CODE, "2024-09", shapely.Polygon()
    )
    validated(item)
    assert item["properties"]["proj:code"] is None
    assert CRS.from_wkt(item["properties"]["proj:wkt2"]) == crs
    ring = np.array(item["geometry"]["coordinates"][0])
    assert np.allclose(item["bbox"], [*ring.min(axis=0), *ring.max(axis=0)], atol=1e-8)
    assert item["properties"]["datetime"] == "2024-09-01T00:00:00Z"


def test_the_schema_would_refuse_a_wrong_item(catalog):
    item = next(pystac.Catalog.from_file(str(catalog)).get_items(recursive=True)).to_dict()
    del item["properties"]["datetime"]
    with pytest.raises(pystac.STACValidationError):
        validated(item)


def test_a_baseline_whose_village_has_no_later_image_is_catalogued_too(tmp_path):
    write_tif(tmp_path / "2024-01" / f"{CODE}.tif", ground())
    lon, lat = Transformer.from_crs(4547, 4490, always_xy=True).transform(551010.0, 2549930.0)
    zones = write_geojson(tmp_path / "zones.geojson", [square(lon, lat, 60, CODE, village="甲村")])
    villages = read_villages([zones], LandTable(), {})[0]
    imagery = ImageryTable(model="index")
    before = find_scenes("2024-01", [tmp_path / "2024-01"], villages, imagery).by_village[CODE]
    canopy = tmp_path / "canopy"
    found = classify_street(villages, ({CODE: Dated("2024-01", before)}, {}), imagery, canopy, silent)
    assert not found.pairs
    write_catalogue(canopy, found, "2024-09", "street")
    (item,) = pystac.Catalog.from_file(str(canopy / "catalog.json")).get_items(recursive=True)
    assert item.properties["lvgeo:date"] == "2024-01"
