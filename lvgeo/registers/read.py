"""Read tree registers as offices keep them: CSV, UTF-8 or GB18030. Rows in = rows accepted + rows refused."""

from __future__ import annotations

import csv
import io
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
        CSV files, or folders of them, with `tree_id` and `village_code`; `species`, `planted_on` and `alive` are used
        where they stand.
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
            found += sorted(p for p in path.iterdir() if p.is_file() and not p.name.startswith("."))
        else:
            found.append(path)
    kept = [path for path in found if path.suffix.lower() == ".csv"]
    refused += [
        Refusal("format_unknown", file=str(path), value=path.suffix, limit=".csv") for path in found if path not in kept
    ]
    return kept


def _rows(path: Path, columns: Mapping[str, str]) -> list[tuple[int, dict[str, str]]]:
    """Lines with their values by our names."""
    if path.stat().st_size > MAX_BYTES:
        raise InputRefusedError(
            Refusal("file_too_large", str(path), value=f"{path.stat().st_size} B", limit=f"{MAX_BYTES} B")
        )
    reader = csv.DictReader(io.StringIO(_decoded(path), newline=""))
    fields = [name.strip() for name in reader.fieldnames or []]
    theirs = {key: columns.get(key, key) for key in (*_REQUIRED, "species", "planted_on", "alive")}
    for key in _REQUIRED:
        if theirs[key] not in fields:
            listed = ", ".join(fields) or "—"
            raise InputRefusedError(Refusal("field_missing", str(path), value=theirs[key], limit=listed))
    try:
        return [
            (reader.line_num, {key: (row.get(name) or "").strip() for key, name in theirs.items()}) for row in reader
        ]
    except csv.Error as error:
        raise InputRefusedError(Refusal("file_broken", str(path), value=str(error))) from error


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
    return Tree(row["tree_id"], row["village_code"], row["species"], _date(row["planted_on"]), alive not in _DEAD)


def _date(text: str) -> date | None:
    if not text:
        return None
    found = _DATE.match(text)
    if not found:
        raise ValueError(f"planted_on {text}")
    return date(int(found[1]), int(found[2]), int(found[3]))
