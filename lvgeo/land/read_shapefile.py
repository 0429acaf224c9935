"""Shapefiles: whole by their own header, text in the encoding in which it can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.land.layer import Remark, check_size
from lvgeo.land.read_encoding import decoded, text_encoding
from lvgeo.land.read_ogr import Source, read_ogr, sniff

if TYPE_CHECKING:
    from pathlib import Path

    from lvgeo.land.layer import Layer

__all__ = ["read_shapefile"]


def read_shapefile(path: Path, refused: list[Refusal]) -> list[Layer]:
    """Read a shapefile.

    Raises
    ------
    InputRefusedError
        If it is cut short: a cut .shp opens without a word and gives null geometries for what is gone.
    """
    check_size(path)
    sniff(path, b"\x00\x00\x27\x0a", "shapefile")
    with path.open("rb") as opened:
        declared = int.from_bytes(opened.read(28)[24:28], "big") * 2
    if declared > path.stat().st_size:
        value = f"{path.stat().st_size} / {declared} bytes"
        raise InputRefusedError(Refusal("file_broken", file=str(path), value=value))
    encoding = text_encoding(path)
    remarks = [Remark("remark_encoding", encoding)] if encoding else []
    # Byte for byte: GDAL would refuse the whole table for one character that a field's width cuts off.
    source = Source(path, "ESRI Shapefile", "shp", str(path), {"encoding": "ISO-8859-1"})
    layers = read_ogr(source, refused, remarks=remarks)
    if encoding:
        for layer in layers:
            values = layer.values
            for name in values.columns[values.dtypes == np.dtype(object)]:
                values[name] = [decoded(cell, encoding) for cell in values[name]]
            values.columns = [str(decoded(name, encoding)) for name in values.columns]
    return layers
