"""Names as long as systems allow: what lvgeo adds to them must not make them too long."""

import os

import pytest
from factories import ground, square, write_geojson, write_tif
from pyproj import Transformer

import lvgeo

CODE = "441399001201"
LONG = "影" * 83 + "xx"  # 251 bytes, 255 with its ending: as many as systems take


@pytest.mark.parametrize("long", ["file", "folder", "short"])
def test_images_of_a_long_name_are_compared(tmp_path, long):
    lon, lat = Transformer.from_crs(4547, 4490, always_xy=True).transform(551010.0, 2549930.0)
    zones = write_geojson(tmp_path / "zones.geojson", [square(lon, lat, 60, CODE, village="甲村")])
    before = {"file": f"{LONG}.tif", "folder": f"{LONG}/{CODE}.tif", "short": "影.tif"}[long]
    write_tif(tmp_path / before, ground())
    write_tif(tmp_path / "after.tif", ground())
    place = tmp_path / before if long != "folder" else tmp_path / LONG
    found = lvgeo.compare(place, tmp_path / "after.tif", zones=zones, out=tmp_path / "out", model="index")
    assert not found.left_out
    assert found.canopy_change["observed_share"].iloc[0] > 0.99
    assert found.canopy_change["baseline"].iloc[0] == place.stem  # told whole
    made = [path.name for path in (tmp_path / "out" / "canopy" / CODE).iterdir() if path.name.startswith("影")]
    assert made
    assert all(len(os.fsencode(name)) < 180 for name in made)
