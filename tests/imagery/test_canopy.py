"""Models, their tables, and the kernel that reads them."""

import numpy as np
import pytest
import rasterio

from lvgeo.errors import UsageError
from lvgeo.imagery.canopy import CanopyModel, Colour, recipe_named, table_loss
from lvgeo.imagery.kernel import look_up
from lvgeo.imagery.packing import part
from lvgeo.imagery.radiometry import identity_radiometry
from lvgeo.imagery.spectrum import SPECTRA, fit_threshold, index_histogram

GREY, CROWN = [120, 120, 120], [70, 105, 55]


def pixels(*colours):
    return np.array(colours, dtype=np.uint8).T


def test_excess_green_of_grey_is_zero_and_of_a_crown_by_hand():
    found = SPECTRA["index"].index(pixels(GREY, CROWN).astype(np.float32))
    assert found[0] == pytest.approx(0.0)
    assert found[1] == pytest.approx((2 * 105 - 70 - 55) / 230)


def test_ndvi_by_hand():
    assert SPECTRA["nir"].index(np.array([[50.0], [150.0], [0.0]], np.float32))[0] == pytest.approx(0.5)


@pytest.mark.parametrize("name", ["index", "nir"])
def test_kernel_reads_the_table_as_numpy_does_and_the_table_hardly_errs(name):
    rng = np.random.default_rng(1)
    values = rng.integers(1, 255, (3, 64, 64)).astype(np.uint8)
    model, light = CanopyModel(SPECTRA[name], 0.1), identity_radiometry(3)
    table = model.table(light)
    found = look_up(values, np.ones((64, 64), bool), table, collars=False)
    assert np.array_equal(part(found, 64), table.classify(values))
    # Uniform random colours are the hardest: real scenes lose under 1 %.
    assert table_loss(model, table, light, values.reshape(3, -1)) < 0.02


def test_not_observed_and_pure_pixels_are_marked():
    values = np.zeros((3, 1, 3), np.uint8)
    values[:, 0, 1] = CROWN
    table = CanopyModel(SPECTRA["index"], 0.1).table(identity_radiometry(3))
    found = look_up(values, np.array([[True, True, False]]), table, collars=True)
    assert part(found, 3).tolist() == [[3, 2, 0]]


def test_threshold_lies_between_ground_and_crowns_and_within_its_limits():
    ground = np.tile(pixels(GREY), 800)
    crowns = np.tile(pixels(CROWN), 200)
    histogram = index_histogram(SPECTRA["index"], np.concatenate([ground, crowns], axis=1))
    assert 0.03 <= fit_threshold(SPECTRA["index"], histogram) <= 0.15
    only_grey = index_histogram(SPECTRA["index"], ground)
    assert fit_threshold(SPECTRA["index"], only_grey) == 0.03


BINS = {"all green": [380], "blue": [100], "grey, white and green": [200, 380]}


@pytest.mark.parametrize("name", ["index", "nir"])
@pytest.mark.parametrize("odd", BINS)
@pytest.mark.parametrize("villages", [3, 5, 23])
def test_an_odd_baseline_does_not_move_the_streets_threshold(shared, name, odd, villages):
    """Real villages' baselines, one of them broken: the threshold stays within 0.03 of that without it."""
    images = sorted((shared / "street-naip" / "imagery" / "2020-07").glob("*.tif"))[:villages]
    assert len(images) == villages
    recipe, roles = Colour(SPECTRA[name]), {"red": 1, "green": 2, "blue": 3, "nir": 4}
    counts = []
    for path in images:
        with rasterio.open(path) as opened:
            seen = opened.read([roles[role] for role in recipe.roles]).reshape(3, -1)
        found = recipe.look(seen[:, ::3])
        counts.append(found / found.sum())
    # Without an odd one nothing is left out: a street's threshold is that of all its villages.
    whole = fit_threshold(SPECTRA[name], (np.sum(counts, axis=0) * 1_000_000).astype(np.int64))
    assert recipe.fit(np.array(counts)).threshold == whole
    good = recipe.fit(np.array(counts[1:])).threshold
    counts[0] = np.zeros(400)
    counts[0][BINS[odd]] = 1.0 / len(BINS[odd])
    assert recipe.fit(np.array(counts)).threshold == pytest.approx(good, abs=0.03)


def test_no_colour_model_accuses():
    assert not any(CanopyModel(spectrum, 0.1).accuses for spectrum in SPECTRA.values())


def test_an_unknown_model_is_refused_naming_those_there_are():
    with pytest.raises(UsageError, match="index"):
        recipe_named("forest")
