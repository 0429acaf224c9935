"""Columns of a layer by our names, whatever the file calls them, each cell read or named."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from lvgeo.errors import Refusal
from lvgeo.land.plots import PLOT_FIELDS, VILLAGE_FIELDS
from lvgeo.land.read_values import cell_date, cell_text, is_blank
from lvgeo.land.table_cells import HEADINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from lvgeo.land.layer import Layer

__all__ = ["LAYER_KEYS", "cells", "dates", "known_as", "numbers", "texts"]

LAYER_KEYS: Final = frozenset({
    *HEADINGS, *VILLAGE_FIELDS, *PLOT_FIELDS, "name", "no_plant_kind", "voltage_kv",
})  # fmt: skip
"""Our names of the fields of polygon files, as [inputs.columns] may map them."""

_SHAPEFILE_NAME: Final = 10  # a shapefile cuts field names to this many bytes


def known_as(layer: Layer, key: str, columns: Mapping[str, str]) -> str | None:
    """Name that a layer has for one of our fields; None where it has none.

    Parameters
    ----------
    layer
        As read.
    key
        Our name.
    columns
        Our name → theirs.
    """
    wanted = columns.get(key, key)
    there = layer.values.columns
    return next((name for name in (wanted, wanted[:_SHAPEFILE_NAME]) if name in there), None)


def cells(layer: Layer, key: str, columns: Mapping[str, str]) -> pd.Series[Any] | None:
    """Return the column as the file has it."""
    name = known_as(layer, key, columns)
    return None if name is None else layer.values[name]


def texts(layer: Layer, key: str, columns: Mapping[str, str]) -> NDArray[np.object_]:
    """(n,) text, empty where there is none."""
    column = cells(layer, key, columns)
    found = np.full(len(layer), "", dtype=object)
    if column is not None:
        found[:] = [cell_text(value) for value in column]
    return found


def numbers(layer: Layer, key: str, columns: Mapping[str, str], refused: list[Refusal]) -> NDArray[np.float64]:
    """(n,) numbers from 0 up, nan where there is none; what is no such number is refused by name."""
    column = cells(layer, key, columns)
    if column is None:
        return np.full(len(layer), math.nan)
    found = np.array(pd.to_numeric(column, errors="coerce"), dtype=np.float64)
    wrong = ~(found >= 0) | np.isinf(found)
    for row in np.flatnonzero(wrong):
        value = column.iloc[row]
        if not is_blank(value) and str(value).strip():
            refused.append(Refusal("value_unreadable", layer.file, str(layer.names[row]), str(value), key))
    found[wrong] = math.nan
    return found


def dates(layer: Layer, key: str, columns: Mapping[str, str], refused: list[Refusal]) -> NDArray[np.object_]:
    """(n,) days, None where there is none; what is no day is refused by name."""
    found = np.full(len(layer), None, dtype=object)
    column = cells(layer, key, columns)
    if column is None:
        return found
    for row, value in enumerate(column):
        if is_blank(value):
            continue
        found[row] = cell_date(value)
        if found[row] is None:
            refused.append(Refusal("value_unreadable", layer.file, str(layer.names[row]), str(value), key))
    return found
