"""Find a month's image files and give each to its village; name every file and village that is left out."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import shapely
from shapely import box

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.imagery.classify import Scene, scale_of
from lvgeo.imagery.grid import ring_bounds
from lvgeo.imagery.sample import sample_windows
from lvgeo.imagery.scene import SceneFile, digest_file, inspect_file
from lvgeo.imagery.scene_height import inspect_height
from lvgeo.imagery.scene_reader import SceneReader
from lvgeo.imagery.scene_window import seen
from lvgeo.monthly.flight_order import day_of, undecided, without_doubles
from lvgeo.monthly.image_folder import code_in, image_paths, passed_over
from lvgeo.monthly.model_of import COARSER, model_of
from lvgeo.monthly.surface_models import reaching_over
from lvgeo.projection import between

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from lvgeo.campaign.settings import ImageryTable
    from lvgeo.land.plots import Villages

__all__ = ["MonthScenes", "find_scenes", "is_surface_model", "tells_of_image"]

HEIGHT_ENDING: Final = "dsm"  # a file whose name ends so is a surface model, as those of DJI Terra and OpenDroneMap


@dataclass(frozen=True, slots=True)
class MonthScenes:
    """One date's scenes.

    Parameters
    ----------
    label
        ``YYYY-MM``, or the name of a folder or file.
    by_village
        Village code → its scene.
    refused
        Files that could not be used, and what else lies in its folders.
    """

    label: str
    by_village: Mapping[str, Scene]
    refused: tuple[Refusal, ...]


def tells_of_image(refusal: Refusal, code: str) -> bool:
    """Whether an image of a village was refused: while it was read, or at sight, by its name."""
    path = Path(refusal.file)
    if is_surface_model(path):  # of one that was refused at sight nothing follows for the image
        at_sight = refusal.code in {"heights_alone", "heights_partly", "raster_not_reaching"}
        return not at_sight and refusal.feature.split(" ")[0] == code
    return code in {refusal.feature.split(" ")[0], code_in(path)}


def is_surface_model(path: Path) -> bool:
    """Whether a raster's name says that it holds heights."""
    return path.stem.lower().endswith(HEIGHT_ENDING)


def find_scenes(label: str, places: Sequence[Path], villages: Villages, imagery: ImageryTable) -> MonthScenes:
    """Inspect a date's files and give each to the villages it is for.

    A file belongs to the village whose code begins its name, else to every village that it reaches.

    Parameters
    ----------
    label
        What the date is called.
    places
        Folders or files; ones that do not exist hold nothing.
    villages
        Boundaries.
    imagery
        Model (it decides which bands a file must have), declared bands, and which flight gives overlapping ground.
    """
    owned: dict[str, list[tuple[SceneFile, str]]] = {}
    heights: dict[str, list[tuple[SceneFile, str]]] = {}
    refused: list[Refusal] = []
    of_heights: list[tuple[Path, list[str]]] = []
    gsd_m = model_of(imagery).gsd_m
    for path in image_paths(places):
        try:
            is_height = is_surface_model(path)
            file = inspect_height(path) if is_height else _inspected(path, imagery, gsd_m)
            codes = _villages_of(path, file, villages)
        except InputRefusedError as error:
            refused += error.refusals
            continue
        digest = digest_file(path)
        if is_height:
            of_heights.append((path, codes))
        for code in codes:
            (heights if is_height else owned).setdefault(code, []).append((file, digest))
    scenes = _scenes(owned, heights, villages, imagery, refused)
    refused += [
        Refusal("heights_alone", file=str(path), feature=codes[0], value=label)
        for path, codes in of_heights
        if not scenes.keys() & set(codes)
    ]
    refused += passed_over(places)
    return MonthScenes(label, scenes, tuple(dict.fromkeys(refused)))


def _scenes(
    owned: Mapping[str, list[tuple[SceneFile, str]]],
    heights: Mapping[str, list[tuple[SceneFile, str]]],
    villages: Villages,
    imagery: ImageryTable,
    refused: list[Refusal],
) -> dict[str, Scene]:
    """Village code → its files and surface models; what is not used of them is named."""
    shapes = dict(zip(villages.frame["village_code"], villages.frame.geometry, strict=True))
    corners = functools.partial(_footprint, villages=villages)
    found = {}
    for code in sorted(owned):
        files = _ranked(without_doubles(owned[code], refused), shapes[code], villages, imagery, refused)
        if files:
            standing = reaching_over(code, heights.get(code, []), shapes[code], corners, refused)
            found[code] = Scene(
                tuple(file for file, _ in files),
                tuple(digest for _, digest in files),
                tuple(file for file, _ in standing),
                tuple(digest for _, digest in standing),
            )
    return found


def _ranked(
    files: list[tuple[SceneFile, str]],
    shape: BaseGeometry,
    villages: Villages,
    imagery: ImageryTable,
    refused: list[Refusal],
) -> list[tuple[SceneFile, str]]:
    """Files of a village in the order in which they give a pixel; one that cannot be looked at is refused."""
    if len(files) == 1 or imagery.flights == "latest":
        found = sorted(files, key=lambda one: (-day_of(one[0]), one[0].path))
        refused += undecided([file for file, _ in found], shape, functools.partial(_footprint, villages=villages))
        return found
    kept = []
    for file, digest in files:
        try:
            kept.append((-_observed_share(file, shape, villages), -day_of(file), file.path, (file, digest)))
        except InputRefusedError as error:
            refused += error.refusals
    return [pair for *_, pair in sorted(kept)]


def _observed_share(file: SceneFile, shape: BaseGeometry, villages: Villages) -> float:
    """Part of a village that a flight observed, by its footprint and by sampled blocks: a collar is not ground."""
    covered = float(_footprint(file, villages).intersection(shape).area / shape.area)
    near = file.grid.cut(ring_bounds(shape, villages.crs, file.grid, 0.0)) if file.grid.north_up else None
    grid, roles = near or file.grid, file.roles_seen()
    # Unscaled, pixels of more than 8 bits would all be pure white or black, as a collar is.
    with SceneReader([file], grid, roles, scale_of([file], grid, roles)) as reader:
        first, _ = sample_windows(reader.grid, [file])
        looked = [seen(reader.read(window)) for window in first]
    return round(covered * sum(int(one.sum()) for one in looked) / sum(one.size for one in looked), 3)


def _inspected(path: Path, imagery: ImageryTable, gsd_m: float) -> SceneFile:
    file = inspect_file(path, imagery.bands)
    needs_nir = imagery.model == "nir"
    if needs_nir and not file.bands.nir:
        raise InputRefusedError(Refusal("raster_band_roles", file=str(path), value="RGB", limit="NIR"))
    if not needs_nir and not (file.bands.green and file.bands.blue):
        raise InputRefusedError(Refusal("raster_band_roles", file=str(path), value="R, NIR", limit="green, blue"))
    found_m = file.grid.ground_pixel_m
    if found_m > imagery.max_gsd_m:
        # Here, file by file: another flight of the same village may be fine enough.
        limit = f"{imagery.max_gsd_m:g}"
        raise InputRefusedError(Refusal("raster_gsd", file=str(path), value=f"{found_m:.2f}", limit=limit))
    if found_m > COARSER * gsd_m:
        raise InputRefusedError(
            Refusal("raster_model_gsd", file=str(path), value=f"{found_m:.2f}", limit=f"{gsd_m:.2f}")
        )
    return file


def _villages_of(path: Path, file: SceneFile, villages: Villages) -> list[str]:
    codes = list(villages.frame["village_code"])
    named = code_in(path)
    if named:
        if named not in codes:
            raise InputRefusedError(Refusal("village_code_unknown", file=str(path), value=named))
        codes = [named]
    footprint = _footprint(file, villages)
    shapes = dict(zip(villages.frame["village_code"], villages.frame.geometry, strict=True))
    reached = [code for code in codes if shapes[code].intersects(footprint)]
    if not reached:
        feature = named or villages.frame["village"].iloc[0] + " …"
        raise InputRefusedError(Refusal("raster_not_reaching", file=str(path), feature=feature))
    return reached


def _footprint(file: SceneFile, villages: Villages) -> shapely.Polygon:
    """Corners of a file in the villages' reference system."""
    t, (height, width) = file.grid.transform, (file.grid.height, file.grid.width)
    corners = [t @ at for at in ((0, 0), (width, 0), (width, height), (0, height))]
    to_land = between(file.grid.crs, villages.crs)
    lon, lat = to_land.transform([c[0] for c in corners], [c[1] for c in corners])
    ring = shapely.Polygon(list(zip(lon, lat, strict=True)))
    return ring if ring.is_valid else box(min(lon), min(lat), max(lon), max(lat))
