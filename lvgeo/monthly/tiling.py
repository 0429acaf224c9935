"""Cut the first and the last scene of every village into full-resolution tiles, from the images as they lie there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pyproj import CRS

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.imagery.classify import scale_of, stored_registration
from lvgeo.imagery.grid import Grid, Window
from lvgeo.imagery.scene_reader import SceneReader
from lvgeo.imagery.store import open_canopy
from lvgeo.land.plots import Villages
from lvgeo.monthly.scenes import find_scenes
from lvgeo.outputs.map_values import MapTiles
from lvgeo.outputs.tiles import TileGrid, cut_tiles, tile_grid
from lvgeo.units import Month

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray

    from lvgeo.campaign.folder import CampaignFolder
    from lvgeo.campaign.settings import CampaignSettings
    from lvgeo.imagery.classify import Scene
    from lvgeo.imagery.store import CanopyRaster
    from lvgeo.monthly.mapping import Shot, Story
    from lvgeo.monthly.silent import Listener

__all__ = ["cut_scenes"]


def cut_scenes(
    settings: CampaignSettings,
    villages: gpd.GeoDataFrame,
    layout: CampaignFolder,
    told: Mapping[str, Story],
    place: Path,
    progress: Listener,
) -> tuple[dict[str, Story], tuple[Refusal, ...]]:
    """Cut tiles, and say where they lie.

    An image that is gone, or is not the one that the month was judged from, is left out and named.

    Parameters
    ----------
    settings
        Of the campaign.
    villages
        Boundaries, with village_code.
    layout
        Where the images lie.
    told
        Village code → its scenes.
    place
        The map's folder; tiles go under ``tiles/<code>/<month>``.
    progress
        Told how many villages are done.
    """
    found, refused = dict(told), list[Refusal]()
    months = {one.month for story in told.values() for one in _ends(story)}
    held, imagery = Villages(villages, CRS(villages.crs)), settings.imagery
    scenes = {m: find_scenes(m, layout.imagery(Month.parse(m)), held, imagery).by_village for m in sorted(months)}
    for done, (code, story) in enumerate(sorted(told.items()), start=1):
        cut = {}
        for one in _ends(story):
            try:
                cut[one.month] = replace(one, tiles=_cut(code, one, scenes[one.month].get(code), place))
            except InputRefusedError as error:
                refused += error.refusals
        found[code] = replace(story, shots=tuple(cut.get(one.month, one) for one in story.shots))
        progress("tiles", done, len(told))
    return found, tuple(refused)


def _ends(story: Story) -> tuple[Shot, ...]:
    """First and last scene whose class raster is there."""
    stored = [one for one in story.shots if one.raster.is_file()]
    return (stored[0], stored[-1]) if len(stored) > 1 else tuple(stored)


def _cut(code: str, one: Shot, scene: Scene | None, place: Path) -> MapTiles:
    raster = open_canopy(one.raster)
    if scene is None or list(scene.digests) != raster.provenance["scene"]:
        raise InputRefusedError(Refusal("scene_changed", feature=code, value=one.month))
    finest = min(file.grid.ground_pixel_m for file in scene.files)
    web = tile_grid(raster.grid.bounds, raster.grid.crs, finest)
    where = f"tiles/{code}/{one.month}"
    ending = _cut_web(scene, raster, web, place / where)
    return MapTiles(f"{where}/{{z}}/{{x}}/{{y}}.{ending}", web.first, web.last)


def _cut_web(scene: Scene, raster: CanopyRaster, web: TileGrid, place: Path) -> str:
    roles = scene.files[0].roles_seen()
    roles = roles if len(roles) == 3 else ("nir", "red", "green")  # noqa: PLR2004 - colours of a picture
    grid = Grid(CRS.from_epsg(3857), web.transform, web.height, web.width)
    # What registration found, in metres on the ground, as pixels of the tiles.
    pixels = raster.grid.ground_pixel_m / grid.ground_pixel_m
    row, col = stored_registration(raster).shift
    scale = scale_of(scene.files, raster.grid, roles)
    with SceneReader(scene.files, grid, roles, scale) as reader:

        def read(top: int, left: int, side: int) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
            found = reader.read(Window(top, left, side, side), (row * pixels, col * pixels))
            return found.values, found.valid

        return cut_tiles(place, web, read)
