"""`warnings.catch_warnings` of two threads undo each other: who hushes rasterio's warning stands in line."""

from __future__ import annotations

import threading
import warnings

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from rasterio.errors import NotGeoreferencedWarning

from lvgeo.imagery import burn as burning
from lvgeo.imagery.scene import inspect_file
from lvgeo.imagery.unplaced import unplaced


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "image.tif"
    profile = {"driver": "GTiff", "width": 16, "height": 16, "count": 3, "dtype": "uint8", "photometric": "RGB"}
    place = {"crs": "EPSG:32650", "transform": Affine(0.5, 0, 500000, 0, -0.5, 2500000)}
    with rasterio.open(path, "w", **profile, **place) as opened:
        opened.write(np.ones((3, 16, 16), np.uint8))
    return path


def test_no_image_is_opened_while_another_thread_burns(image, monkeypatch):
    """It would take back the filter that burning stands under."""
    opened = threading.Event()
    other = threading.Thread(target=lambda: (inspect_file(image), opened.set()))

    def rasterize(_shapes, **how):
        other.start()
        assert not opened.wait(0.3)
        warnings.warn("no place", NotGeoreferencedWarning, stacklevel=1)
        return np.zeros(how["out_shape"], np.uint8)

    monkeypatch.setattr(burning, "rasterize", rasterize)
    assert burning.burn([(shapely.box(0, 0, 1, 1), 1)], out_shape=(4, 4)).sum() == 0
    other.join(10)
    assert opened.is_set()


def test_the_filter_ends_with_the_work():
    with unplaced():
        warnings.warn("no place", NotGeoreferencedWarning, stacklevel=1)
    with pytest.warns(NotGeoreferencedWarning):
        warnings.warn("no place", NotGeoreferencedWarning, stacklevel=1)
