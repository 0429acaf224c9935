"""Black at the border is a collar; black inside is ground."""

import numpy as np
import pytest

from lvgeo.imagery.collar import CollarFinder
from lvgeo.imagery.kernel import look_at_cells
from lvgeo.imagery.packing import join, part


def settled(classes):
    finder = CollarFinder(*classes.shape)
    finder.add(0, join(classes))
    return finder.collar().settle(0, classes)


def test_border_black_is_unseen_and_eroded_while_a_black_roof_stays():
    classes = np.ones((30, 30), np.uint8)
    classes[:, :5] = 3
    classes[15:18, 15:18] = 3
    found = settled(classes)
    assert (found[:, :8] == 0).all()  # five columns of collar and three of its blurred edge
    assert (found[:, 8:] == 1).all()


def test_a_collar_that_touches_unseen_ground_is_found():
    classes = np.ones((30, 30), np.uint8)
    classes[:10] = 0
    classes[10:13, 5:20] = 3
    found = settled(classes)
    assert (found[10:13, 5:20] == 0).all()
    assert found[28, 28] == 1


@pytest.mark.parametrize(("height", "width"), [(8, 8), (17, 45), (40, 513), (9, 1031)])
def test_squares_are_looked_at_in_words_as_pixel_by_pixel(height, width):
    rng = np.random.default_rng(width)
    classes = np.repeat(np.repeat(rng.integers(0, 4, (-(-height // 8), -(-width // 8))), 8, 0), 8, 1)
    classes = np.where(rng.random(classes.shape) < 0.01, 3, classes)[:height, :width].astype(np.uint8)
    joined, shape = join(classes), (-(-height // 8), -(-width // 8))
    pure, void = np.ones(shape, bool), np.ones(shape, bool)
    look_at_cells(joined, width, pure, void)
    for y, x in np.ndindex(shape):
        square = np.s_[8 * y : 8 * y + 8, 8 * x : 8 * x + 8]
        assert pure[y, x] == (classes[square] == 3).all()
        assert void[y, x] == (classes[square] == 0).all()
        if not pure[y, x]:
            classes[square][classes[square] == 3] = 1
    assert (part(joined, width) == classes).all()
