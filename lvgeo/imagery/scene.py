"""Open what a drone operator hands over: GeoTIFF files, their bands, their observed ground.

A scene is one village's files of one month, seen on one grid. Files are opened with GDAL's GeoTIFF driver alone: a
virtual raster (VRT) that calls itself .tif could read any file of the machine.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import rasterio
from rasterio._err import CPLE_BaseError, CPLE_OutOfMemoryError  # not all that GDAL raises is a RasterioError
from rasterio.enums import MaskFlags
from rasterio.errors import RasterioError, RasterioIOError

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.imagery.scene_bands import Bands, Role, alpha_band, alpha_over_nodata, bands_of
from lvgeo.imagery.scene_place import placed
from lvgeo.imagery.sidecars import digest_file, digest_mask, refuse_overviews_elsewhere, refuse_sidecars
from lvgeo.imagery.unplaced import unplaced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lvgeo.imagery.grid import Grid

__all__ = [
    "Bands",
    "Role",
    "SceneFile",
    "digest_file",
    "digest_mask",
    "inspect_file",
    "open_tif",
    "out_of_memory",
    "refuse_bomb",
    "translated",
]

MAX_PIXELS: Final = 2**34
DTYPES: Final = ("uint8", "uint16", "int16", "float32", "float64")
MAX_UNPACK_RATIO: Final = 2000  # deflate itself packs at most about 1000 : 1; a sparse bomb packs millions

_DATE = re.compile(r"(\d{4})[:-](\d{2})[:-](\d{2})")


@dataclass(frozen=True, slots=True)
class SceneFile:
    """What one file says of itself, before any pixel is decoded.

    Parameters
    ----------
    path
        The file.
    grid
        Its pixels' place.
    bands
        Roles of its bands, from descriptions or colour interpretation, never from position alone.
    dtype
        One of `DTYPES`.
    acquired
        Day of its TIFF date tag, None where it has none.
    masked
        True where alpha, nodata or a mask says what was observed; else a collar is looked for.
    block_rows, block_cols
        Rows of a storage block: what one read decodes at the least.
    nodata
        Number that stands for what was not observed, as text: nan is never nan again.
    mask_digest
        SHA-256 of the mask beside it (its name with ``.msk`` added), empty where there is none.
    zero
        Digital number that its own offset and scale make nothing; of files of more than 8 bits.
    levels
        Tables of 256 bytes, by role, that bring it to the light of the scene that it is a part of; where it is moved to
        lie as the others of its scene do, its grid says so (see `flights`).
    """

    path: str
    grid: Grid
    bands: Bands
    dtype: str
    acquired: date | None
    masked: bool
    block_rows: int
    block_cols: int
    nodata: str = ""
    mask_digest: str = ""
    zero: float = 0.0
    levels: tuple[tuple[Role, bytes], ...] = ()

    def decides(self) -> list[Any]:
        """Return how the file is read, which settings and files beside it may change while its own bytes stay."""
        grid, bands = self.grid, self.bands
        place = [*grid.transform, grid.height, grid.width, grid.crs.to_wkt()]
        read = [bands.red, bands.green, bands.blue, bands.nir, self.dtype, self.masked, self.nodata, self.mask_digest]
        return [*read, self.zero, *place, *((role, table.hex()) for role, table in self.levels)]

    @property
    def in_colour(self) -> bool:
        """Whether it has red, green and blue."""
        return bool(self.bands.red and self.bands.green and self.bands.blue)

    def roles_seen(self) -> tuple[Role, ...]:
        """Colours that it has: red, green and blue, or red and near infrared."""
        return ("red", "green", "blue") if self.in_colour else ("red", "nir")


def out_of_memory(error: BaseException | None) -> bool:
    """Whether it was for want of memory that something failed: GDAL says so in words alone, and rasterio wraps them."""
    while error is not None:
        if isinstance(error, MemoryError | CPLE_OutOfMemoryError) or "annot allocate" in str(error):
            return True
        error = error.__cause__
    return False


@contextlib.contextmanager
def translated(path: str) -> Iterator[None]:
    """Turn rasterio's errors into refusals that name the file."""
    try:
        yield
    except (RasterioError, CPLE_BaseError, OSError, ValueError, MemoryError) as error:
        raise InputRefusedError(_refusal(error, path)) from error


def _refusal(error: Exception, path: str) -> Refusal:
    if out_of_memory(error):
        return Refusal("memory_short", file=path)
    if not isinstance(error, RasterioIOError):
        return Refusal("file_broken", file=path, value=str(error))
    code = "driver_refused" if "not recognized" in str(error) else "file_broken"
    return Refusal(code, file=path, value=str(error).replace(path, Path(path).name), limit="GeoTIFF")


def open_tif(path: str) -> Any:
    """Open a file with GDAL's GeoTIFF driver alone.

    Raises
    ------
    InputRefusedError
        If what GDAL would open beside it is no TIFF.
    """
    refuse_sidecars(Path(path))
    # A str driver is an allow-list of one: VRT, and whatever else is called .tif, is refused.
    opened = rasterio.open(path, driver="GTiff", sharing=False)
    try:
        refuse_overviews_elsewhere(opened, Path(path))
    except InputRefusedError:
        opened.close()
        raise
    return opened


def inspect_file(path: Path, bands: Sequence[str] = ()) -> SceneFile:
    """Read a file's head and say whether it can be used.

    Parameters
    ----------
    path
        A GeoTIFF.
    bands
        What its bands are, in order, where the file itself does not say (campaign.toml ``imagery.bands``).

    Raises
    ------
    InputRefusedError
        Not a GeoTIFF, damaged, too large for its own bytes, no place on the ground, bands or pixel type not read.
    """
    name = str(path)
    if not path.is_file():
        raise InputRefusedError(Refusal("file_missing", value=name))
    with translated(name), unplaced():  # a file without a place is refused by name below
        opened = open_tif(name)
    with translated(name), opened:
        refuse_bomb(opened, path)
        grid = placed(opened, name)
        _refuse_pixels(opened, name)
        roles = bands_of(opened, name, bands)
        return SceneFile(
            path=name,
            grid=grid,
            bands=roles,
            dtype=str(opened.dtypes[0]),
            acquired=_acquired(opened.tags().get("TIFFTAG_DATETIME", "")),
            masked=_masked(opened, roles),
            block_rows=int(opened.block_shapes[0][0]),
            block_cols=int(opened.block_shapes[0][1]),
            nodata=str(opened.nodata),
            mask_digest=digest_mask(path),
            zero=_zero(opened, roles, name),
        )


def refuse_bomb(opened: Any, path: Path) -> None:
    """Refuse an open file that claims far more pixels than its bytes can hold.

    Raises
    ------
    InputRefusedError
        If it does.
    """
    pixels = opened.height * opened.width
    declared = pixels * opened.count * np.dtype(opened.dtypes[0]).itemsize
    if pixels > MAX_PIXELS or (declared > 2**30 and declared > MAX_UNPACK_RATIO * path.stat().st_size):
        found, limit = f"{opened.width} × {opened.height} px", f"{MAX_UNPACK_RATIO} : 1"
        raise InputRefusedError(Refusal("file_too_large", file=str(path), value=found, limit=limit))


def _refuse_pixels(opened: Any, name: str) -> None:
    if opened.dtypes[0] not in DTYPES:
        raise InputRefusedError(Refusal("raster_dtype", file=name, value=opened.dtypes[0], limit=", ".join(DTYPES)))


def _zero(opened: Any, bands: Bands, name: str) -> float:
    """Digital number of no light, number × scale + offset = 0, of the bands that have a role."""
    if opened.dtypes[0] == "uint8":
        return 0.0
    used = [k - 1 for k in bands.of(("red", "green", "blue", "nir")) if k]
    found = sorted({round(-opened.offsets[k] / opened.scales[k], 6) if opened.scales[k] else 0.0 for k in used})
    if len(found) > 1:
        raise InputRefusedError(Refusal("raster_offsets", file=name, value=", ".join(f"{zero:g}" for zero in found)))
    return found[0] + 0.0  # no negative nothing


def _masked(opened: Any, bands: Bands) -> bool:
    if alpha_over_nodata(opened, bands):
        return True
    flags = opened.mask_flag_enums[0]
    if MaskFlags.all_valid in flags or MaskFlags.alpha in flags:
        # GDAL takes alpha for a mask in files of two or four bands only, and there even where its name is a colour's.
        return alpha_band(opened, bands) > 0
    return True


def _acquired(tag: str) -> date | None:
    found = _DATE.match(tag.strip())
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
