"""Points and polygons that an analyst marked, each of one date and village, or of all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.imagery.labels import labels_from_points, labels_from_polygons, labels_from_spots
from lvgeo.land.read_samples import read_samples
from lvgeo.monthly.image_folder import code_in
from lvgeo.monthly.training_labels import Marked, read_whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from lvgeo.imagery.grid import Grid
    from lvgeo.imagery.scene import SceneFile

__all__ = ["MarkedShapes"]

CANOPY_WORDS: Final = {"1", "canopy", "tree", "trees", "冠层", "树", "树冠"}
OTHER_WORDS: Final = {"0", "other", "ground", "grass", "其他", "非冠层"}
CLASS_COLUMNS: Final = ("class", "类别", "label")
NAMED: Final = 20  # rows named of one fault
_YEAR = re.compile(r"\d{4}")


class MarkedShapes:
    """Samples of a file. Points alone, none of other ground, are every visible tree: ground far from all is other.

    Where there are polygons or points of other ground the marks are a choice, and ground far from them is unknown.
    """

    def __init__(self, path: Path, images: Sequence[Path]) -> None:
        self._path, self._images = path, images
        frame = read_samples(path)
        self._empty = np.zeros(len(frame), dtype=bool)
        if "geometry" in frame:
            self._empty = (frame.geometry.isna() | frame.geometry.is_empty).to_numpy()
        self._frame = frame[~self._empty]
        self._canopy = _canopy(self._frame, path)
        self._words = {name: _words(self._frame[name]) for name in ("village_code", "month") if name in self._frame}
        points = "geometry" not in frame or shapely.get_dimensions(self._frame.geometry.to_numpy()).max(initial=0) == 0
        self._every_tree = bool(points and self._canopy.all())
        self._met = np.zeros(len(self._frame), dtype=bool)  # rows that lie on an image

    def labels(self, path: Path, file: SceneFile, grid: Grid) -> Marked | None:
        """Labels of an image, None where no sample belongs to it and lies on it."""
        mine = self._belongs(path)
        if not mine.any():
            return None
        frame, canopy = self._frame[mine], self._canopy[mine]
        if "geometry" in frame:
            shapes = frame.to_crs(grid.crs.to_wkt()).geometry.to_numpy()
        else:
            shapes = shapely.points(frame[["x", "y"]].to_numpy(np.float64))
        inside = shapely.intersects(shapes, shapely.box(*grid.bounds))
        self._met[np.flatnonzero(mine)[inside]] = True
        if not inside.any():  # of every tree that can be seen none is marked here: nobody looked
            return None
        if self._every_tree:
            return Marked(labels_from_points(shapely.get_coordinates(shapes), grid, _ndvi(file, grid)))
        return self._chosen(path.name, shapes, canopy, grid)

    def _chosen(self, name: str, shapes: NDArray[Any], canopy: NDArray[np.bool_], grid: Grid) -> Marked:
        """Labels where the marks are a choice: an outline says more exactly than a point what lies under it."""
        spots = shapely.get_dimensions(shapes) == 0
        drawn = [(shape, int(of)) for shape, of in zip(shapes[~spots], canopy[~spots], strict=True)]
        labels, both_share = labels_from_polygons(drawn, grid)
        near = labels_from_spots(
            shapely.get_coordinates(shapes[spots & canopy]), shapely.get_coordinates(shapes[spots & ~canopy]), grid
        )
        said = Refusal("samples_overlap", str(self._path), name, f"{both_share:.1%}")
        return Marked(np.where(labels >= 0, labels, near), (said,) if both_share > 0 else ())

    def left_out(self) -> tuple[Refusal, ...]:
        """Count rows without a shape, rows that belong to no image (for a gap, or by what they say) or lie on none."""
        unused = ~np.any([self._belongs(path) for path in self._images], axis=0)
        silent = np.any([np.zeros_like(unused), *(words == "" for words in self._words.values())], axis=0)
        gaps = unused & silent
        counts = {
            "sample_empty": int(self._empty.sum()),
            "sample_gap": int(gaps.sum()),
            "sample_no_image": int((unused & ~gaps).sum()),
            "sample_outside": int((~unused & ~self._met).sum()),
        }
        columns = ", ".join(name for name in ("village_code", "month", "year") if name in self._frame)
        return tuple(Refusal(code, str(self._path), value=str(n), limit=columns) for code, n in counts.items() if n)

    def _belongs(self, path: Path) -> NDArray[np.bool_]:
        """Rows for an image: those of its village and date, where the samples say."""
        mine = np.ones(len(self._frame), dtype=bool)
        code, date = code_in(path), path.parent.name
        if "village_code" in self._words and code:
            mine &= np.char.zfill(self._words["village_code"], 12) == code
        if "month" in self._words:
            mine &= self._words["month"] == date
        elif "year" in self._frame and _YEAR.match(date):
            mine &= (self._frame["year"] == int(date[:4])).to_numpy()
        return mine


def _words(column: Any) -> NDArray[np.str_]:
    """Cells as text, a gap as none; whole numbers and days as they are written (a gap makes pandas write 12.0)."""
    return np.array([_word(value) for value in column], dtype=np.str_)


def _word(value: Any) -> str:
    if pd.isna(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.strftime("%Y-%m") if isinstance(value, pd.Timestamp) else str(value).strip()


def _canopy(frame: Any, path: Path) -> NDArray[np.bool_]:
    """Whether each row marks canopy; points without a class do, as every visible tree is a point.

    A row is named by its place in the file, which the table's index holds: rows without a shape are no longer in it.
    """
    name = next((name for name in CLASS_COLUMNS if name in frame), None)
    if name is None:
        if "geometry" in frame and (shapely.get_dimensions(frame.geometry.to_numpy()) > 0).any():
            raise InputRefusedError(Refusal("column_missing", file=str(path), feature="class"))
        return np.ones(len(frame), dtype=bool)
    words = np.array([word.lower() for word in _words(frame[name])], dtype=object)
    canopy = np.array([word in CANOPY_WORDS for word in words], dtype=bool)
    odd = np.flatnonzero(~canopy & ~np.array([word in OTHER_WORDS for word in words], dtype=bool))
    if odd.size:
        limit = "canopy | other"
        raise InputRefusedError(
            [
                Refusal("class_unknown", str(path), f"{frame.index[row] + 1}", str(words[row])[:80], limit)
                for row in odd[:NAMED]
            ]
        )
    return canopy


def _ndvi(file: SceneFile, grid: Grid) -> NDArray[np.float32] | None:
    if not file.bands.nir:
        return None
    red, nir = read_whole(file, grid, ("red", "nir")).values.astype(np.float32)
    found: NDArray[np.float32] = (nir - red) / (nir + red + 1.0)
    return found
