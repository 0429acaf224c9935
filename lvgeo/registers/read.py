"""Read tree registers as offices keep them: CSV, UTF-8 or GB18030. Rows in = rows accepted + rows refused."""

from __future__ import annotations

import csv
import io
import math
import re
from datetime import date
from typing import TYPE_CHECKING, Final

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.registers.trees import Tree, Trees

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lvgeo.land.plots import Villages

__all__ = ["read_trees"]

MAX_BYTES: Final = 2**28
_REQUIRED: Final = ("tree_id", "village_code")
_OPTIONAL: Final = ("species", "planted_on", "lon", "lat", "alive")
_REACH: Final = {"lon": 180.0, "lat": 90.0}
_DATE = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})\D?")
_DEAD: Final = {"0", "no", "false", "n", "否", "死", "死亡"}
_ALIVE: Final = {"", "1", "yes", "true", "y", "是", "活", "成活"}


def read_trees(
    paths: Sequence[Path], villages: Villages, columns: Mapping[str, str]
) -> tuple[Trees, tuple[Refusal, ...]]:
    """Read registers.

    Parameters
    ----------
    paths
        CSV files, or folders of them, with `tree_id` and `village_code`; `species`, `planted_on`, `lon`, `lat` and
        `alive` are used where they stand.
    villages
        Whose codes are known.
    columns
        Our column name → theirs.

    Returns
    -------
    tuple[Trees, tuple[Refusal, ...]]
        Accepted trees; every refused file or row, by line.
    """
    known = set(villages.frame["village_code"])
    trees: dict[str, Tree] = {}
    refused: list[Refusal] = []
    for path in _files(paths, refused):
        try:
            rows = _rows(path, columns)
        except InputRefusedError as error:
            refused += error.refusals
            continue
        for line, row in rows:
            try:
                tree = _tree(row, known)
                if tree.tree_id in trees:
                    raise ValueError(f"tree_id {tree.tree_id}: 2×")  # noqa: TRY301
                trees[tree.tree_id] = tree
            except ValueError as error:
                refused.append(Refusal("tree_row_refused", str(path), f"{line}", str(error)))
    return Trees(tuple(trees.values())), tuple(refused)


def _files(paths: Sequence[Path], refused: list[Refusal]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(p for p in path.iterdir() if not p.name.startswith("."))
        else:
            found.append(path)
    kept = [path for path in found if path.suffix.lower() == ".csv" and path.is_file()]
    refused += [_unread(path) for path in found if path not in kept]
    return kept


def _unread(path: Path) -> Refusal:
    if not path.exists():
        return Refusal("file_missing", value=str(path))
    return Refusal("format_unknown", file=str(path), value=path.suffix or path.name, limit=".csv")


def _rows(path: Path, columns: Mapping[str, str]) -> list[tuple[int, dict[str, str]]]:
    """Lines with their values by our names."""
    if path.stat().st_size > MAX_BYTES:
        raise InputRefusedError(
            Refusal("file_too_large", str(path), value=f"{path.stat().st_size} B", limit=f"{MAX_BYTES} B")
        )
    reader = csv.DictReader(io.StringIO(_decoded(path), newline=""))
    try:
        reader.fieldnames = [name.strip() for name in reader.fieldnames or []]
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise InputRefusedError(Refusal("file_broken", str(path), value=str(error))) from error
    theirs = {key: columns.get(key, key) for key in (*_REQUIRED, *_OPTIONAL)}
    for key in _REQUIRED:
        if theirs[key] not in reader.fieldnames:
            listed = ", ".join(reader.fieldnames) or "—"
            raise InputRefusedError(Refusal("field_missing", str(path), value=theirs[key], limit=listed))
    return [(line, {key: (row.get(name) or "").strip() for key, name in theirs.items()}) for line, row in rows]


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputRefusedError(Refusal("file_broken", str(path), value="UTF-8, GB18030"))


def _tree(row: Mapping[str, str], known: set[str]) -> Tree:
    if not row["tree_id"]:
        raise ValueError("tree_id —")
    if row["village_code"] not in known:
        raise ValueError(f"village_code {row['village_code'] or '—'}")
    alive = row["alive"].lower()
    if alive not in _DEAD | _ALIVE:
        raise ValueError(f"alive {row['alive']}")
    lon, lat = _degrees(row, "lon"), _degrees(row, "lat")
    planted_on = _date(row["planted_on"])
    return Tree(row["tree_id"], row["village_code"], row["species"], planted_on, alive not in _DEAD, lon, lat)


def _degrees(row: Mapping[str, str], key: str) -> float:
    found = float(row[key]) if row[key] else math.nan
    if not math.isnan(found) and abs(found) > _REACH[key]:
        raise ValueError(f"{key} {row[key]}")
    return found


def _date(text: str) -> date | None:
    if not text:
        return None
    found = _DATE.match(text)
    if not found:
        raise ValueError(f"planted_on {text}")
    return date(int(found[1]), int(found[2]), int(found[3]))
