"""Cut the first and the last scene of every village into full-resolution tiles, from the images as they lie there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pyproj import CRS

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.imagery.classify import laid, scale_of, stored_registration
from lvgeo.imagery.grid import Grid, Window
from lvgeo.imagery.registered import read_bent
from lvgeo.imagery.registration import displacements
from lvgeo.imagery.scene_reader import SceneReader
from lvgeo.imagery.store import open_canopy, read_preview
from lvgeo.land.plots import Villages
from lvgeo.monthly.scenes import find_scenes
from lvgeo.outputs.files import keep_only
from lvgeo.outputs.map_values import MapTiles
from lvgeo.outputs.pictures import without_collar
from lvgeo.outputs.tiles import TileGrid, cut_tiles, framed, tile_grid
from lvgeo.projection import between
from lvgeo.units import Month

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray

    from lvgeo.campaign.folder import CampaignFolder
    from lvgeo.campaign.settings import CampaignSettings
    from lvgeo.imagery.classify import Scene
    from lvgeo.imagery.registration import Registration
    from lvgeo.imagery.scene_reader import Pixels
    from lvgeo.imagery.store import CanopyRaster
    from lvgeo.monthly.mapping import Story
    from lvgeo.monthly.shots import Shot
    from lvgeo.monthly.silent import Listener
    from lvgeo.outputs.tiles import ReadTile

__all__ = ["Placed", "cut_scenes"]


def cut_scenes(
    settings: CampaignSettings,
    villages: gpd.GeoDataFrame,
    layout: CampaignFolder,
    told: Mapping[str, Story],
    place: Path,
    progress: Listener,
) -> tuple[dict[str, Story], tuple[Refusal, ...]]:
    """Cut tiles, and say where they lie.

    An image that is gone, or is not the one that the month was judged from, is left out and named. Tiles that an
    earlier run left and this one did not write are removed.

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
    found, refused, written = dict(told), list[Refusal](), set[Path]()
    months = {one.month for story in told.values() for one in _ends(story)}
    held, imagery = Villages(villages, CRS(villages.crs)), settings.imagery
    scenes = {m: find_scenes(m, layout.imagery(Month.parse(m)), held, imagery).by_village for m in sorted(months)}
    for done, (code, story) in enumerate(sorted(told.items()), start=1):
        cut = {}
        for one in _ends(story):
            try:
                tiles, files = _cut(code, one, scenes[one.month].get(code), place)
                cut[one.month] = replace(one, tiles=tiles)
                written.update(files)
            except InputRefusedError as error:
                refused += error.refusals
        found[code] = replace(story, shots=tuple(cut.get(one.month, one) for one in story.shots))
        progress("tiles", done, len(told))
    keep_only(place / "tiles", written)
    return found, tuple(refused)


def _ends(story: Story) -> tuple[Shot, ...]:
    """First and last scene whose class raster is there."""
    stored = [one for one in story.shots if one.raster.is_file()]
    return (stored[0], stored[-1]) if len(stored) > 1 else tuple(stored)


def _cut(code: str, one: Shot, scene: Scene | None, place: Path) -> tuple[MapTiles, list[Path]]:
    raster = open_canopy(one.raster)
    if scene is None or list(scene.digests) != raster.provenance["scene"]:
        raise InputRefusedError(Refusal("scene_changed", feature=code, value=one.month))
    scene = laid(scene, raster.provenance)
    finest = min(file.grid.ground_pixel_m for file in scene.files)
    web = tile_grid(raster.grid.bounds, raster.grid.crs, finest)
    where = f"tiles/{code}/{one.month}"
    files = _cut_web(scene, raster, web, place / where, one.preview)
    return MapTiles(f"{where}/{{z}}/{{x}}/{{y}}{files[0].suffix}", web.first, web.last), files


def _cut_web(scene: Scene, raster: CanopyRaster, web: TileGrid, place: Path, preview: Path) -> list[Path]:
    roles = scene.files[0].roles_seen()
    roles = roles if len(roles) == 3 else ("nir", "red", "green")  # noqa: PLR2004 - colours of a picture
    grid = Grid(CRS.from_epsg(3857), web.transform, web.height, web.width)
    off = Placed(stored_registration(raster), raster.grid, grid)
    scale = scale_of(scene.files, raster.grid, roles)
    with SceneReader(scene.files, grid, roles, scale) as reader:

        def read(top: int, left: int, side: int) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
            found = off.read(reader, Window(top, left, side, side))
            return found.values, found.valid

        return cut_tiles(place, web, _without_frame(read, web, preview))


def _without_frame(read: ReadTile, web: TileGrid, preview: Path) -> ReadTile:
    """Show of a scene in full what the map's small picture shows of it: not the black frame that it may have."""
    if not preview.is_file():
        return read
    small = read_preview(preview)
    return framed(read, web, without_collar(small.rgb, small.seen), (small.grid.transform, small.grid.crs))


class Placed:
    """What registration found on a village's grid, in pixels of the tiles: one shift, or a field where it bends.

    The tiles' axes are taken for those of the grid: meridians converge by a degree or two, over which a field of some
    hundred metres' reach does not change.
    """

    def __init__(self, registration: Registration, own: Grid, web: Grid) -> None:
        pixels = own.ground_pixel_m / web.ground_pixel_m
        row, col = registration.shift
        self._shift = (row * pixels, col * pixels)
        self._registration, self._pixels = registration, pixels
        to_own = between(web.crs, own.crs)
        middle = (web.width / 2, web.height / 2)
        (left, top), (right, bottom) = (
            (
                (~own.transform @ to_own.transform(*(web.transform @ (at[0], middle[1]))))[0],
                (~own.transform @ to_own.transform(*(web.transform @ (middle[0], at[1]))))[1],
            )
            for at in ((0.0, 0.0), (float(web.width), float(web.height)))
        )
        # Pixels of the tiles to one of the grid, along and down; then the grid's corner and size in tiles' pixels.
        along, down = web.width / (right - left), web.height / (bottom - top)
        self._corner = (round(top * down), round(left * along))
        self._extent = (round(own.height * down), round(own.width * along))

    def read(self, reader: SceneReader, window: Window) -> Pixels:
        """Read a window of the tiles where its content lies."""
        if not self._registration.bend:
            return reader.read(window, self._shift)
        off = displacements(self._registration, window.moved(*self._corner), self._extent)
        return read_bent(reader, window, self._pixels * off)
