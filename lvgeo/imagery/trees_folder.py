"""A `trees` model as a folder: ``model.json`` (its card, in words and numbers) and ``likelihood.npy`` (a plain array).

Nothing in either is code.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from lvgeo.errors import InputRefusedError, Refusal, StorageError
from lvgeo.imagery.texture import CELLS
from lvgeo.imagery.trees import TreesModel

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["CARD_FILE", "MAX_GSD_M", "load_trees", "save_trees"]

CARD_FILE: Final = "model.json"
TABLE_FILE: Final = "likelihood.npy"
FORMAT: Final = 2
MAX_CARD_BYTES: Final = 1_000_000
MAX_GSD_M: Final = 10.0
MAX_THRESHOLD: Final = 254  # of 255 steps of likelihood
MAX_SMOOTH_PX: Final = 9
NOT_SOUND: Final = (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError, MemoryError)


def save_trees(model: TreesModel, folder: Path) -> None:
    """Write a model as a folder; the same model gives the same bytes.

    Raises
    ------
    StorageError
        If it cannot be written: the disk is full, or something else stands there.
    """
    head = {
        "format": FORMAT,
        "threshold": model.threshold,
        "smooth_px": model.smooth_px,
        "gsd_m": model.gsd_m,
        "light": list(model.light),
        "likelihood_sha256": hashlib.sha256(model.cells.tobytes()).hexdigest(),
        "card": dict(model.card),
    }
    table = io.BytesIO()
    np.save(table, model.cells, allow_pickle=False)
    text = json.dumps(head, ensure_ascii=False, indent=1, sort_keys=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # The card last: it names the table by its hash, so that of two models no half is taken for a whole one.
        _put(folder / TABLE_FILE, table.getvalue())
        _put(folder / CARD_FILE, f"{text}\n".encode())
    except OSError as error:
        raise StorageError(Refusal("write_failed", file=str(folder), value=str(error))) from error


def _put(path: Path, data: bytes) -> None:
    """Write aside, make it durable, then give it its name: a run that is killed leaves the model as it was."""
    aside = path.with_name(f".{path.name}.part")
    with aside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def load_trees(folder: Path) -> TreesModel:
    """Read a model's folder.

    Raises
    ------
    InputRefusedError
        If a file is missing, is not what `save_trees` wrote, or its table was changed.
    """
    try:
        return _load(folder)
    except NOT_SOUND as error:
        raise InputRefusedError(Refusal("model_broken", file=str(folder), value=str(error))) from error


def _load(folder: Path) -> TreesModel:
    card, table = folder / CARD_FILE, folder / TABLE_FILE
    if not table.is_file():  # a pipe would be waited for
        raise ValueError(f"{TABLE_FILE}: missing")
    if card.stat().st_size > MAX_CARD_BYTES or table.stat().st_size > 2 * CELLS:
        raise ValueError(f"{CARD_FILE}, {TABLE_FILE}: size")
    head = json.loads(card.read_text(encoding="utf-8"))
    cells = _cells(table)
    if hashlib.sha256(cells.tobytes()).hexdigest() != head["likelihood_sha256"]:
        raise ValueError(f"{TABLE_FILE}: likelihood_sha256")
    threshold, smooth, gsd = int(head["threshold"]), int(head["smooth_px"]), float(head["gsd_m"])
    sound = (
        0 <= threshold <= MAX_THRESHOLD and smooth % 2 == 1 and 1 <= smooth <= MAX_SMOOTH_PX and 0 < gsd <= MAX_GSD_M
    )
    if head["format"] != FORMAT or not sound:
        raise ValueError(f"{CARD_FILE}: format, threshold, smooth_px, gsd_m")
    red, green, blue = (float(v) for v in head["light"])
    if not all(0 <= v <= 255 for v in (red, green, blue)):  # noqa: PLR2004 - digital numbers; nan is none either
        raise ValueError(f"{CARD_FILE}: light {red:g}, {green:g}, {blue:g}")
    return TreesModel(cells, threshold, smooth, gsd, (red, green, blue), _card(head["card"]))


def _cells(table: Path) -> NDArray[np.uint8]:
    """Read the table; its header is held against what a table is before room is made for what it claims."""
    with table.open("rb") as file:
        version = np.lib.format.read_magic(file)
        if version != (1, 0):
            raise ValueError(f"{TABLE_FILE}: version {version}")
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        cells = np.frombuffer(file.read(), np.uint8)
    if dtype != np.uint8 or shape != (CELLS,) or cells.shape != shape:
        raise ValueError(f"{TABLE_FILE}: {dtype}, {shape}, {cells.size} B")
    return cells


def _card(said: object) -> Mapping[str, Any]:
    if not isinstance(said, dict):
        raise TypeError(f"{CARD_FILE}: card")
    loss = said.get("table_loss", 0.0)
    if isinstance(loss, bool) or not isinstance(loss, int | float) or not 0 <= loss <= 1:
        raise ValueError(f"{CARD_FILE}: table_loss {loss!r:.60}")
    return said
