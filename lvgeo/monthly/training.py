"""`train`: a canopy model of the street's own, from images and what an analyst marked on them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from lvgeo.engine import run
from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.imagery.labels import labels_from_mask, labels_from_points, labels_from_polygons
from lvgeo.imagery.scene import inspect_file, read_mask
from lvgeo.imagery.scene_reader import Pixels, SceneReader
from lvgeo.imagery.scene_window import seen
from lvgeo.imagery.training import Trained, train_trees
from lvgeo.imagery.training_sample import LabelledImage, Recipe
from lvgeo.imagery.trees import save_trees
from lvgeo.labels import say
from lvgeo.land.read_samples import read_samples
from lvgeo.monthly.silent import Listener, silent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from lvgeo.imagery.grid import Grid
    from lvgeo.imagery.scene import Role
    from lvgeo.labels import Language

__all__ = ["Sampling", "TrainingResult", "train"]

SUFFIXES: Final = {".tif", ".tiff"}
MASK_SUFFIXES: Final = {".tif", ".tiff", ".png"}
MAX_IMAGE_PX: Final = 2**26  # at the model's pixel size: 8192²
COARSEST: Final = 1.5  # an image may have pixels so many times as wide as the model's
CANOPY_WORDS: Final = {"1", "canopy", "tree", "trees", "冠层", "树", "树冠"}
OTHER_WORDS: Final = {"0", "other", "ground", "grass", "其他", "非冠层"}
_CODE = re.compile(r"\d{12}")
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Sampling:
    """What `train` is asked.

    Parameters
    ----------
    images
        A campaign folder, a folder of images (in folders by date, or not), or one image.
    samples
        Points or polygons (GeoPackage, GeoJSON, shapefile, CSV with x and y in the images' own CRS), or a folder of
        mask rasters named as the images are, or one mask.
    out
        Folder of the model.
    gsd_m
        Pixel size to work at; 0 takes the coarsest image's own.
    leave_out
        Village codes or image names that are not used.
    licence, source
        Of the samples and images, for the card.
    """

    images: Path
    samples: Path
    out: Path
    gsd_m: float = 0.0
    leave_out: tuple[str, ...] = ()
    source: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """A trained model.

    Parameters
    ----------
    folder
        Where it lies.
    trained
        Model and accuracy.
    left_out
        Images that could not be used.
    """

    folder: Path
    trained: Trained
    left_out: tuple[Refusal, ...]

    def lines(self, language: Language) -> list[str]:
        """Say what came of it: where the model lies, and how right it was on places it had not seen."""
        found, card = self.trained.accuracy, self.trained.model.card
        (hit, false), (missed, clear) = found.matrix
        return [
            say("console_model", language, file=self.folder, gsd=f"{self.trained.model.gsd_m:.2f}"),
            say(
                "console_held_out" if card["held_out"] == "places" else "console_one_place",
                language,
                places=card["places"],
            ),
            say("console_matrix", language, hit=hit, false=false, missed=missed, clear=clear),
            say(
                "console_accuracy",
                language,
                precision=f"{found.precision:.2f}",
                half=f"{found.precision_half:.2f}",
                recall=f"{found.recall:.2f}",
                iou=f"{found.iou:.2f}",
            ),
            say(
                "console_model_area",
                language,
                mapped=f"{found.mapped_share:.3f}",
                true=f"{found.area_share:.3f}",
                half=f"{found.area_half:.3f}",
            ),
            say("console_table_loss", language, loss=f"{card['table_loss']:.3f}"),
        ]

    def summary(self) -> dict[str, Any]:
        """Return what the model's card says, for machines."""
        return {"model": str(self.folder), "card": dict(self.trained.model.card), "left_out": len(self.left_out)}


def train(asked: Sampling, recipe: Recipe, progress: Listener = silent) -> TrainingResult:
    """Read images and samples, train, measure, and store the model.

    Parameters
    ----------
    asked
        What from, where to.
    recipe
        Seed, lights, features; its `gsd_m` is set from the images.
    progress
        Told the stage and how much of it is done.

    Raises
    ------
    InputRefusedError
        If nothing can be used; each image that cannot be is named.
    UsageError
        If the samples have one class only.
    """
    paths = [p for p in _image_paths(asked.images) if not _left_out(p, asked.leave_out)]
    if not paths:
        raise InputRefusedError(Refusal("folder_empty", file=str(asked.images), limit="*.tif"))
    gsd_m = asked.gsd_m or max(_gsds(paths))
    labeller = _labeller(asked.samples)

    def one(path: Path) -> LabelledImage | InputRefusedError | None:
        try:
            return _labelled(path, gsd_m, labeller)
        except InputRefusedError as error:
            return error

    found = run(one, paths, done=lambda done, total: progress("train_read", done, total))
    refused = [r for f in found if isinstance(f, InputRefusedError) for r in f.refusals]
    images = [f for f in found if isinstance(f, LabelledImage)]
    if not images:
        raise InputRefusedError(refused or [Refusal("samples_unmatched", file=str(asked.samples))])
    trained = train_trees(images, replace(recipe, gsd_m=gsd_m), lambda done, n: progress("train_fit", done, n))
    card = dict(trained.model.card) | {"source": asked.source or asked.samples.name, "licence": asked.licence}
    model = replace(trained.model, card=card)
    save_trees(model, asked.out)
    return TrainingResult(asked.out, replace(trained, model=model), tuple(refused))


def _image_paths(place: Path) -> list[Path]:
    if not place.exists():
        raise InputRefusedError(Refusal("file_missing", value=str(place)))
    if place.is_file():
        return [place]
    root = place / "imagery" if (place / "imagery").is_dir() else place
    return sorted(p for p in root.rglob("*") if p.suffix.lower() in SUFFIXES and not p.name.startswith("."))


def _left_out(path: Path, names: Sequence[str]) -> bool:
    return any(path.name.startswith(name) for name in names)


def _gsds(paths: Sequence[Path]) -> list[float]:
    found = []
    for path in paths:
        try:
            found.append(inspect_file(path).grid.ground_pixel_m)
        except InputRefusedError:
            continue  # named when it is read
    return found or [1.0]


class _Masks:
    """Mask rasters named as the images are."""

    def __init__(self, place: Path) -> None:
        files = [place] if place.is_file() else sorted(place.iterdir())
        self._only = files[0] if place.is_file() else None
        self._files = {p.stem: p for p in files if p.suffix.lower() in MASK_SUFFIXES}

    def labels(self, path: Path, grid: Grid, own: Grid, pixels: Pixels) -> NDArray[np.int8] | None:  # noqa: ARG002
        """Labels of an image, None where it has no mask."""
        mask = self._only or self._files.get(path.stem)
        if mask is None:
            return None
        values = read_mask(mask, own)
        return labels_from_mask(values, max(1, round(grid.transform.a / own.transform.a)))


class _Vectors:
    """Points or polygons, each of one date and village, or of all."""

    def __init__(self, path: Path) -> None:
        self._path, self._frame = path, read_samples(path)

    def labels(self, path: Path, grid: Grid, own: Grid, pixels: Pixels) -> NDArray[np.int8] | None:  # noqa: ARG002
        """Labels of an image, None where no sample lies on it."""
        mine = self._of(path)
        if len(mine) == 0:
            return None
        if getattr(mine, "crs", None) is not None:
            mine = mine.to_crs(grid.crs.to_wkt())
        if "geometry" not in mine or mine.geometry.geom_type.isin(["Point", "MultiPoint"]).all():
            return labels_from_points(_xy(mine), grid, _ndvi(pixels))
        shapes = [(g, self._class(v)) for g, v in zip(mine.geometry, self._classes(mine), strict=True)]
        return labels_from_polygons(shapes, grid)

    def _of(self, path: Path) -> Any:
        """Rows for an image: those of its village and date, where the samples say."""
        frame = self._frame
        code = _CODE.match(path.name)
        if "village_code" in frame and code:
            frame = frame[frame["village_code"].astype(str).str.zfill(12) == code[0]]
        date = path.parent.name
        if "month" in frame:
            frame = frame[frame["month"].astype(str) == date]
        elif "year" in frame and _YEAR.match(date):
            frame = frame[frame["year"].astype(int) == int(date[:4])]
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


def _labeller(samples: Path) -> _Masks | _Vectors:
    if not samples.exists():
        raise InputRefusedError(Refusal("file_missing", value=str(samples)))
    return _Masks(samples) if samples.is_dir() or samples.suffix.lower() in MASK_SUFFIXES else _Vectors(samples)


def _xy(frame: Any) -> NDArray[np.float64]:
    if "geometry" in frame:
        points = frame.geometry.explode(index_parts=False)
        return np.column_stack([points.x, points.y])
    found: NDArray[np.float64] = frame[["x", "y"]].to_numpy(np.float64)
    return found


def _ndvi(pixels: Pixels) -> NDArray[np.float32] | None:
    if pixels.values.shape[0] < 4:  # noqa: PLR2004 - red, green, blue, near infrared
        return None
    red, nir = pixels.values[0].astype(np.float32), pixels.values[3].astype(np.float32)
    found: NDArray[np.float32] = (nir - red) / (nir + red + 1.0)
    return found


def _labelled(path: Path, gsd_m: float, labeller: _Masks | _Vectors) -> LabelledImage | None:
    """Read an image at the model's pixel size with its labels; None where nothing is marked on it."""
    file = inspect_file(path)
    own = file.grid.ground_pixel_m
    if own > COARSEST * gsd_m:
        raise InputRefusedError(
            Refusal("raster_gsd", file=str(path), value=f"{own:.2f}", limit=f"{COARSEST * gsd_m:g}")
        )
    grid = file.grid.coarsened(max(1, round(gsd_m / own)))
    if grid.height * grid.width > MAX_IMAGE_PX:
        limit = f"{math.isqrt(MAX_IMAGE_PX)}² px"
        raise InputRefusedError(
            Refusal("file_too_large", file=str(path), value=f"{grid.width} × {grid.height} px", limit=limit)
        )
    roles: tuple[Role, ...] = ("red", "green", "blue", "nir") if file.bands.nir else ("red", "green", "blue")
    with SceneReader([file], grid, roles, (0.0, 255.0 if file.dtype == "uint8" else 65535.0)) as reader:
        pixels = reader.read(grid.whole)
    labels = labeller.labels(path, grid, file.grid, pixels)
    if labels is None:
        return None
    code = _CODE.match(path.name)
    rgb = Pixels(pixels.values[:3], pixels.valid)
    return LabelledImage(code[0] if code else path.stem, path.parent.name, rgb.values, seen(rgb), labels)
