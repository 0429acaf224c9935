"""lvgeo measures planted land and canopy change village by village, and judges it with an interval and a reason."""

from __future__ import annotations

__version__ = "0.1.0"
