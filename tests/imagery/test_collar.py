"""Black at the border is a collar; black inside is ground."""

import numpy as np

from lvgeo.imagery.collar import CollarFinder


def settled(classes):
    finder = CollarFinder(*classes.shape)
    finder.add(0, classes)
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
