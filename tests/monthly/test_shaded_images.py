"""A month with a cloud's shadow on its plots: not judged, and said why; what lies outside of it is compared."""

import numpy as np
import pytest
import rasterio
from factories import square, write_geojson, write_tif
from pyproj import Transformer
from shadows import FALLS, SIDE, earth, pixels, shadow

import lvgeo
from lvgeo.imagery.store import open_canopy

CODE = "441399001201"
PIXEL_M = 0.5
IN_SHADOW, BESIDE = (220, 160, 40), (370, 40, 40)  # row, column, metres


@pytest.fixture(scope="module")
def ground():
    return earth()


def beside(row, col, size_m, **properties):
    """A square whose south-west corner is a pixel of the images."""
    x, y = 551000.0 + col * PIXEL_M, 2550000.0 - row * PIXEL_M
    lon, lat = Transformer.from_crs(4547, 4490, always_xy=True).transform(x, y)
    return square(lon, lat, size_m, CODE, **properties)


def run(root, dates, plot, model="index"):
    """Compare two dates of a village of 180 m on one plot."""
    for name, light in zip("ab", dates, strict=True):
        image = np.moveaxis(pixels(light, ord(name)), -1, 0)
        write_tif(root / name / f"{CODE}.tif", image, pixel_m=PIXEL_M)
    zones = write_geojson(root / "zones.geojson", [beside(380, 20, 180, village="甲村")])
    plots = write_geojson(root / "plots.geojson", [beside(*plot, plot_id="P1", planted_on="2024-03-01")])
    return lvgeo.compare(
        root / "a", root / "b", zones=zones, plots=plots, out=root / "out", model=model, language="en"
    )  # fmt: skip


@pytest.mark.parametrize("late", [True, False])
@pytest.mark.parametrize("model", ["index", "trees"])
def test_a_village_in_shadow_is_not_judged_and_says_why(tmp_path, ground, late, model):
    dates = (ground, ground * shadow(0.5))
    found = run(tmp_path, dates if late else dates[::-1], IN_SHADOW, model)
    (told,) = found.left_out
    assert (told.code, told.feature, told.limit) == ("image_shaded", CODE, "a")
    row = found.canopy_change.iloc[0]
    assert row["change"] == "inconclusive"
    assert row["observed_share"] < 0.1
    assert "cloud's shadow" in row["reason"]


def test_ground_beside_the_shadow_is_compared(tmp_path, ground):
    found = run(tmp_path, (ground, ground * shadow(0.5)), BESIDE)
    assert found.canopy_change["observed_share"].iloc[0] == 1.0
    assert "shadow" not in found.canopy_change["reason"].iloc[0]
    assert [one.code for one in found.left_out] == ["image_shaded"]


def test_what_is_in_shadow_is_not_observed_in_the_class_raster_of_that_month_alone(tmp_path, ground):
    run(tmp_path, (ground, ground * shadow(0.5)), IN_SHADOW)
    places = tmp_path / "out" / "canopy" / CODE
    before, after = (
        open_canopy(next(one for one in places.glob(f"{name}-*.tif") if "preview" not in one.name)) for name in "ab"
    )
    assert before.provenance["shaded_share"] == 0
    classes = after.read(after.grid.whole)
    top, left = (round(v) for v in ((2550000.0 - after.grid.transform.f) / PIXEL_M,
                                    (after.grid.transform.c - 551000.0) / PIXEL_M))  # fmt: skip
    inside = np.zeros((SIDE, SIDE), bool)
    inside[FALLS] = True
    inside = inside[top : top + after.grid.height, left : left + after.grid.width]
    assert (classes[inside] == 0).mean() > 0.95
    assert (classes[~inside] == 0).mean() < 0.08
    assert after.provenance["shaded_share"] == pytest.approx((classes == 0).mean(), abs=1e-6)
    assert (before.read(before.grid.whole) > 0).all()


def test_even_light_leaves_nothing_out(tmp_path, ground):
    assert not run(tmp_path, (ground, ground * 0.7), IN_SHADOW).left_out


def test_a_shadow_does_not_move_the_light_of_what_lies_beside_it(tmp_path, ground):
    """A scene's light is told from sunlit ground: what is compared gets the classes that it has without the shadow."""
    wide = shadow(0.4, np.s_[20:190, 20:380])
    rasters = []
    for name, light in (("sun", ground * 0.9), ("shade", ground * 0.9 * wide)):
        run(tmp_path / name, (ground, light), BESIDE)
        found = (tmp_path / name / "out" / "canopy" / CODE).glob("b-*.tif")
        raster = open_canopy(next(one for one in found if "preview" not in one.name))
        rasters.append(raster.read(raster.grid.whole))
    sunlit, shaded = rasters
    both = (sunlit > 0) & (shaded > 0)
    assert 0.5 < both.mean() < 0.63
    assert (sunlit != shaded)[both].mean() < 0.005


def test_what_the_image_does_not_show_is_not_said_to_lie_in_shadow(tmp_path, ground):
    """A small shadow elsewhere, and a plot of which the month's image shows a part."""
    dates = ground, ground * shadow(0.5, np.s_[60:200, 200:340])
    run(tmp_path, dates, BESIDE)
    with rasterio.open(tmp_path / "b" / f"{CODE}.tif", "r+") as opened:
        opened.nodata = 0
        cut = opened.read()
        cut[:, 330:] = 0
        opened.write(cut)
    zones, plots = (tmp_path / f"{name}.geojson" for name in ("zones", "plots"))
    found = lvgeo.compare(
        tmp_path / "a", tmp_path / "b", zones=zones, plots=plots, out=tmp_path / "cut", model="index", language="en"
    )  # fmt: skip
    assert "image_shaded" in {one.code for one in found.left_out}
    assert found.canopy_change["reason"].iloc[0].startswith("Only 50% of the plots was photographed")


def test_light_is_told_from_sunlit_ground_wherever_it_lies(tmp_path):
    """All that is sampled of this scene lies in the shadow; its margin does not."""
    wide = np.s_[:1036, :1036]
    ground, tint = earth(side=1500), np.array([1.0, 0.85, 1.0])
    zones = write_geojson(tmp_path / "zones.geojson", [beside(1435, 65, 685, village="甲村")])
    plots = write_geojson(tmp_path / "plots.geojson", [beside(1400, 1200, 100, plot_id="P1", planted_on="2024-03-01")])
    for name, light in {"a": ground, "b": ground * tint * shadow(0.5, wide, side=1500)}.items():
        image = np.moveaxis(pixels(light, ord(name)), -1, 0)
        write_tif(tmp_path / name / f"{CODE}.tif", image, pixel_m=PIXEL_M)
    found = lvgeo.compare(
        tmp_path / "a", tmp_path / "b", zones=zones, plots=plots, out=tmp_path / "out", model="index", language="en"
    )  # fmt: skip
    assert [one.code for one in found.left_out] == ["image_shaded"]
    assert abs(found.canopy_change["net_change_pp"].iloc[0]) < 0.5
