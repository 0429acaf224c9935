"""What an analyst marked, image by image: masks named as the images are, or points and polygons."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.imagery.classify import scale_of
from lvgeo.imagery.labels import labels_from_mask, labels_from_points, labels_from_polygons
from lvgeo.imagery.scene import read_mask
from lvgeo.imagery.scene_reader import SceneReader
from lvgeo.land.read_samples import read_samples
from lvgeo.monthly.scenes import code_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from lvgeo.imagery.grid import Grid
    from lvgeo.imagery.scene import Role, SceneFile
    from lvgeo.imagery.scene_reader import Pixels

__all__ = ["Marked", "MarkedMasks", "MarkedShapes", "labeller_of", "read_whole"]

MASK_SUFFIXES: Final = {".tif", ".tiff", ".png"}
CANOPY_WORDS: Final = {"1", "canopy", "tree", "trees", "冠层", "树", "树冠"}
OTHER_WORDS: Final = {"0", "other", "ground", "grass", "其他", "非冠层"}
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """What is marked on an image.

    Parameters
    ----------
    labels
        (y, x) int8: 1 canopy, 0 other, -1 unknown.
    left_out
        What of the marks could not be used.
    """

    labels: NDArray[np.int8]
    left_out: tuple[Refusal, ...] = ()


class MarkedMasks:
    """Mask rasters named as the images are."""

    def __init__(self, place: Path) -> None:
        files = [place] if place.is_file() else sorted(place.iterdir())
        self._only = files[0] if place.is_file() else None
        self._files = {p.stem: p for p in files if p.suffix.lower() in MASK_SUFFIXES}

    def labels(self, path: Path, file: SceneFile, grid: Grid) -> Marked | None:
        """Labels of an image, None where it has no mask."""
        mask = self._only or self._files.get(path.stem)
        if mask is None:
            return None
        values = read_mask(mask, file.grid)
        return Marked(labels_from_mask(values, max(1, round(grid.transform.a / file.grid.transform.a))))


class MarkedShapes:
    """Points or polygons, each of one date and village, or of all."""

    def __init__(self, path: Path) -> None:
        self._path, self._frame = path, read_samples(path)

    def labels(self, path: Path, file: SceneFile, grid: Grid) -> Marked | None:
        """Labels of an image, None where no sample lies on it."""
        mine = self._of(path)
        if len(mine) == 0:
            return None
        if getattr(mine, "crs", None) is not None:
            mine = mine.to_crs(grid.crs.to_wkt())
        if "geometry" not in mine or mine.geometry.geom_type.isin(["Point", "MultiPoint"]).all():
            return Marked(labels_from_points(_xy(mine), grid, _ndvi(file, grid)))
        shapes = [(g, self._class(v)) for g, v in zip(mine.geometry, self._classes(mine), strict=True)]
        labels, both_share = labels_from_polygons(shapes, grid)
        said = Refusal("samples_overlap", str(self._path), path.name, f"{both_share:.1%}")
        return Marked(labels, (said,) if both_share > 0 else ())

    def _of(self, path: Path) -> Any:
        """Rows for an image: those of its village and date, where the samples say."""
        frame = self._frame
        code = code_in(path)
        if "village_code" in frame and code:
            frame = frame[frame["village_code"].astype(str).str.zfill(12) == code]
        date = path.parent.name
        if "month" in frame:
            frame = frame[frame["month"].astype(str) == date]
        elif "year" in frame and _YEAR.match(date):
            frame = frame[frame["year"] == int(date[:4])]
        return frame

    def _classes(self, frame: Any) -> list[str]:
        for name in ("class", "类别", "label"):
            if name in frame:
                return [str(v).strip().lower() for v in frame[name]]
        raise InputRefusedError(Refusal("column_missing", file=str(self._path), feature="class"))

    def _class(self, word: str) -> int:
        word = word.removesuffix(".0")
        if word in CANOPY_WORDS:
            return 1
        if word in OTHER_WORDS:
            return 0
        raise InputRefusedError(Refusal("class_unknown", file=str(self._path), value=word, limit="canopy | other"))


def labeller_of(samples: Path) -> MarkedMasks | MarkedShapes:
    """Open samples: a folder of masks or one mask, else points or polygons."""
    if not samples.exists():
        raise InputRefusedError(Refusal("file_missing", value=str(samples)))
    return (
        MarkedMasks(samples) if samples.is_dir() or samples.suffix.lower() in MASK_SUFFIXES else MarkedShapes(samples)
    )


def _xy(frame: Any) -> NDArray[np.float64]:
    if "geometry" in frame:
        points = frame.geometry.explode(index_parts=False)
        return np.column_stack([points.x, points.y])
    found: NDArray[np.float64] = frame[["x", "y"]].to_numpy(np.float64)
    return found


def _ndvi(file: SceneFile, grid: Grid) -> NDArray[np.float32] | None:
    if not file.bands.nir:
        return None
    red, nir = read_whole(file, grid, ("red", "nir")).values.astype(np.float32)
    found: NDArray[np.float32] = (nir - red) / (nir + red + 1.0)
    return found


def read_whole(file: SceneFile, grid: Grid, roles: Sequence[Role]) -> Pixels:
    """Read all of an image, in the scale in which a scene is read that is judged."""
    with SceneReader([file], grid, roles, scale_of([file], grid, roles)) as reader:
        return reader.read(grid.whole)
