"""lvgeo measures planted land and canopy change village by village, and judges it with an interval and a reason.

One call each, the same as the command line::

    import lvgeo

    lvgeo.demo("demo-street")                    # a whole simulated street, run end to end
    result = lvgeo.month("demo-street", "2024-09")
    result.canopy_change                         # a pandas table

Heavy libraries are imported when a call first needs them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from lvgeo.version import __version__

if TYPE_CHECKING:
    from lvgeo.api import calibrate, check, compare, draw_map, due, explain, month, train
    from lvgeo.demonstration import demo
    from lvgeo.errors import BusyError, InputRefusedError, LvgeoError, Refusal, StorageError, UsageError
    from lvgeo.monthly import Result

__all__ = [
    "BusyError",
    "InputRefusedError",
    "LvgeoError",
    "Refusal",
    "Result",
    "StorageError",
    "UsageError",
    "__version__",
    "calibrate",
    "check",
    "compare",
    "demo",
    "draw_map",
    "due",
    "explain",
    "month",
    "train",
]

_HOMES = {
    "calibrate": "lvgeo.api",
    "check": "lvgeo.api",
    "compare": "lvgeo.api",
    "draw_map": "lvgeo.api",
    "due": "lvgeo.api",
    "explain": "lvgeo.api",
    "month": "lvgeo.api",
    "train": "lvgeo.api",
    "demo": "lvgeo.demonstration",
    "Result": "lvgeo.monthly",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        message = f"module 'lvgeo' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(importlib.import_module(_HOMES.get(name, "lvgeo.errors")), name)


def __dir__() -> list[str]:
    return sorted(__all__)
