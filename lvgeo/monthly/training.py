"""`train`: a canopy model of the street's own, from images and what an analyst marked on them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from lvgeo.campaign.read import SETTINGS_FILE
from lvgeo.engine import run
from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.imagery.scene import inspect_file
from lvgeo.imagery.scene_window import seen
from lvgeo.imagery.training import Trained, train_trees
from lvgeo.imagery.training_sample import LabelledImage, Recipe
from lvgeo.imagery.trees_folder import MAX_GSD_M, save_trees
from lvgeo.labels import say
from lvgeo.monthly.image_folder import code_in, is_geotiff, unread_below
from lvgeo.monthly.inputs import open_campaign
from lvgeo.monthly.scenes import is_surface_model
from lvgeo.monthly.silent import Listener, silent
from lvgeo.monthly.training_asked import refuse_options
from lvgeo.monthly.training_labels import read_whole
from lvgeo.monthly.training_masks import MASK_SUFFIXES, MarkedMasks
from lvgeo.monthly.training_shapes import MarkedShapes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lvgeo.labels import Language
    from lvgeo.monthly.training_asked import Sampling
    from lvgeo.monthly.training_labels import Labeller

__all__ = ["TrainingResult", "train"]

MAX_IMAGE_PX: Final = 2**26  # at the model's pixel size: 8192²
COARSEST: Final = 1.5  # an image may have pixels so many times as wide as the model's


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
        Images, and marks on them, that could not be used.
    """

    folder: Path
    trained: Trained
    left_out: tuple[Refusal, ...]

    def lines(self, language: Language) -> list[str]:
        """Say what came of it: where the model lies, and how right it was on places it had not seen."""
        found, card = self.trained.accuracy, self.trained.model.card
        (hit, false), (missed, clear) = found.matrix
        held_out = "console_held_out" if card["held_out"] == "places" else "console_one_place"

        def told(value: float, half: float | None = None, digits: int = 2) -> str:
            if math.isnan(value):
                return say("console_unmeasured", language)
            return f"{value:.{digits}f}" + ("" if half is None or math.isnan(half) else f" ± {half:.{digits}f}")

        precision, recall = told(found.precision, found.precision_half), told(found.recall, found.recall_half)
        mapped, true = told(found.mapped_share, digits=3), told(found.area_share, found.area_half, digits=3)
        return [
            say("console_model", language, file=self.folder, gsd=f"{self.trained.model.gsd_m:.2f}"),
            say(held_out, language, places=card["places"]),
            say("console_matrix", language, hit=hit, false=false, missed=missed, clear=clear),
            say("console_accuracy", language, precision=precision, recall=recall, iou=told(found.iou)),
            say("console_model_area", language, mapped=mapped, true=true),
            say("console_not_random", language),
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
        If the samples have one class only, or an option is out of its range.
    StorageError
        If there is no room for the model.
    """
    refuse_options(asked, recipe)
    roots, bands = _images_of(asked.images)
    every = _image_paths(roots, asked.samples)
    unread = [one for root in roots for one in unread_below(root, asked.samples)]
    paths = [p for p in every if not _left_out(p, asked.leave_out)]
    if not paths:
        raise InputRefusedError([Refusal("folder_empty", file=str(asked.images), limit="*.tif"), *unread])
    gsd_m = asked.gsd_m or max(_gsds(paths, bands))
    labeller = labeller_of(asked.samples, every)

    def one(path: Path) -> tuple[LabelledImage, tuple[Refusal, ...]] | InputRefusedError | None:
        try:
            return _labelled(path, bands, gsd_m, labeller)
        except InputRefusedError as error:
            return error

    found = run(one, paths, done=lambda done, total: progress("train_read", done, total))
    refused = [r for f in found if isinstance(f, InputRefusedError) for r in f.refusals]
    used = [f for f in found if isinstance(f, tuple)]
    refused += [*(r for _, left_out in used for r in left_out), *labeller.left_out(), *unread]
    images = [image for image, _ in used if (image.labels >= 0).any()]
    if not images:
        raise InputRefusedError(refused or [Refusal("samples_unmatched", file=str(asked.samples))])
    trained = train_trees(images, replace(recipe, gsd_m=gsd_m), lambda done, n: progress("train_fit", done, n))
    card = dict(trained.model.card) | {"source": asked.source or asked.samples.name, "licence": asked.licence}
    model = replace(trained.model, card=card)
    save_trees(model, asked.out)
    return TrainingResult(asked.out, replace(trained, model=model), tuple(refused))


def labeller_of(samples: Path, images: Sequence[Path]) -> Labeller:
    """Open samples: a folder of masks or one mask, else points or polygons.

    Parameters
    ----------
    samples
        A file or a folder.
    images
        All that the samples may belong to.

    Raises
    ------
    InputRefusedError
        If there is no such file, or it cannot be read.
    """
    if not samples.exists():
        raise InputRefusedError(Refusal("file_missing", value=str(samples)))
    masks = samples.is_dir() or samples.suffix.lower() in MASK_SUFFIXES
    return MarkedMasks(samples, images) if masks else MarkedShapes(samples, images)


def _images_of(place: Path) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Folders or the file to look in, and how bands are ordered where an image does not say."""
    if not place.exists():
        raise InputRefusedError(Refusal("file_missing", value=str(place)))
    if (place / SETTINGS_FILE).is_file():
        layout, settings = open_campaign(place)
        return layout.imagery_roots, settings.imagery.bands
    return (place / "imagery" if (place / "imagery").is_dir() else place,), ()


def _image_paths(roots: Sequence[Path], samples: Path) -> list[Path]:
    """Images, sorted; neither surface models nor masks that lie among them, one or in a folder of their own."""
    found: set[Path] = set()
    for root in roots:
        files = {p for p in ([root] if root.is_file() else root.rglob("*")) if is_geotiff(p)}
        masks = {p for p in files if samples != root and p.is_relative_to(samples)}
        found |= {p for p in files - masks if not is_surface_model(p)}
    return sorted(found)


def _left_out(path: Path, names: Sequence[str]) -> bool:
    return any(path.name.startswith(name) for name in names)


def _gsds(paths: Sequence[Path], bands: Sequence[str]) -> list[float]:
    found = []
    for path in paths:
        try:
            own = inspect_file(path, bands).grid.ground_pixel_m
        except InputRefusedError:
            continue  # named when it is read
        if own <= MAX_GSD_M:  # a satellite's among them is named then too
            found.append(own)
    return found or [1.0]


def _labelled(
    path: Path, bands: Sequence[str], gsd_m: float, labeller: Labeller
) -> tuple[LabelledImage, tuple[Refusal, ...]] | None:
    """Read an image at the model's pixel size with its labels; None where nothing is marked on it."""
    file = inspect_file(path, bands)
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
    marked = labeller.labels(path, file, grid)
    if marked is None:
        return None
    rgb = read_whole(file, grid, ("red", "green", "blue"))
    place = code_in(path) or path.stem
    return LabelledImage(place, path.parent.name, rgb.values, seen(rgb), marked.labels), marked.left_out
