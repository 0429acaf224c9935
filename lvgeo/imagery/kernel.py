"""The one compiled loop: three bands and a mask in, classes out. Looks up; does no arithmetic on light."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lvgeo.imagery.canopy import LookUpTable

__all__ = ["CANOPY", "COLLAR", "NOT_OBSERVED", "OTHER", "look_up"]

NOT_OBSERVED, OTHER, CANOPY, COLLAR = 0, 1, 2, 3

_U1 = numba.types.Array(numba.uint8, 2, "A", readonly=True)
_OUT = numba.types.Array(numba.uint8, 2, "C")
_CELLS = numba.types.Array(numba.uint8, 1, "C", readonly=True)
_MASK = numba.types.Array(numba.boolean, 2, "A", readonly=True)
_I = numba.int64


@numba.njit(numba.void(_U1, _U1, _U1, _MASK, _CELLS, _I, _I, _I, _I, _I, numba.boolean, _OUT), nogil=True, cache=True)
def _classify(a, b, c, valid, cells, s0, s1, s2, k0, k1, collars, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202, PLR0913, PLR0917
    for y in range(a.shape[0]):
        for x in range(a.shape[1]):
            if not valid[y, x]:
                out[y, x] = 0
                continue
            p, q, r = a[y, x], b[y, x], c[y, x]
            if collars and p == q and q == r and (p in {0, 255}):
                out[y, x] = 3
            else:
                out[y, x] = cells[((p >> s0) << k0) | ((q >> s1) << k1) | (r >> s2)]


def look_up(
    values: NDArray[np.uint8], valid: NDArray[np.bool_], table: LookUpTable, *, collars: bool
) -> NDArray[np.uint8]:
    """Classify a window.

    Parameters
    ----------
    values
        (3, y, x) in the table's own order of bands.
    valid
        (y, x).
    table
        The model, radiometry folded in.
    collars
        Mark pure black and white as 3, to be settled once the whole scene is seen.

    Returns
    -------
    NDArray[np.uint8]
        (y, x): 0 not observed, 1 other, 2 canopy, 3 pure.
    """
    out = np.empty(valid.shape, dtype=np.uint8)
    (a, b, c), (s0, s1, s2), (k0, k1) = values, table.shifts, table.places
    _classify(a, b, c, valid, table.cells, s0, s1, s2, k0, k1, collars, out)
    return out
