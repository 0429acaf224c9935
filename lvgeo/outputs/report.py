"""run.json: what a run was given and what it was made with, so that it can be repeated to the byte."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import numpy as np

from lvgeo.outputs.files import write_text
from lvgeo.units import Month

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["write_run"]


def write_run(path: Path, run: Mapping[str, object]) -> None:
    r"""Write a run's account as JSON: keys sorted, numbers exact, a new line at the end.

    Nothing here may depend on the clock: timings belong into the log.

    Parameters
    ----------
    path
        The file.
    run
        Hashes of the inputs, settings, versions; NaN becomes null, a day or month its text, a path its text with ``/``.

    Raises
    ------
    TypeError
        If a value has no one way to be written.
    StorageError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "run.json"
    >>> write_run(file, {"month": Month(2024, 3), "area_mu": 0.1})
    >>> file.read_bytes()
    b'{\n  "area_mu": 0.1,\n  "month": "2024-03"\n}\n'
    """
    text = json.dumps(_plain(run), ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False)
    write_text(path, text + "\n")


def _plain(value: Any) -> Any:
    """Turn a value into what JSON knows."""
    if hasattr(value, "keys"):
        return {str(key): _plain(value[key]) for key in value.keys()}  # noqa: SIM118 - any mapping, not only dict
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in (sorted(value) if isinstance(value, set | frozenset) else value)]
    return _scalar(value.item() if isinstance(value, np.generic) else value)


def _scalar(value: Any) -> Any:
    if isinstance(value, float) and not np.isfinite(value):
        return None
    if isinstance(value, PurePath):
        return value.as_posix()
    return str(value) if isinstance(value, date | Month) else value
