"""Models, their tables, and the kernel that reads them."""

import numpy as np
import pytest

from lvgeo.errors import UsageError
from lvgeo.imagery.canopy import CanopyModel, recipe_named, table_loss
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


def test_no_colour_model_accuses():
    assert not any(CanopyModel(spectrum, 0.1).accuses for spectrum in SPECTRA.values())


def test_an_unknown_model_is_refused_naming_those_there_are():
    with pytest.raises(UsageError, match="index"):
        recipe_named("forest")
