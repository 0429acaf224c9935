"""Open what a drone operator hands over: GeoTIFF files, their bands, their observed ground.

A scene is one village's files of one month, seen on one grid. Files are opened with GDAL's GeoTIFF driver alone: a
virtual raster (VRT) that calls itself .tif could read any file of the machine.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import warnings
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import rasterio
from pyproj import CRS
from rasterio.enums import ColorInterp, MaskFlags, Resampling
from rasterio.errors import NotGeoreferencedWarning, RasterioError, RasterioIOError
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window as RioWindow

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.imagery.grid import Grid, Window

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    from numpy.typing import NDArray

__all__ = ["Bands", "Pixels", "Role", "SceneFile", "SceneReader", "digest_file", "inspect_file"]

Role = Literal["red", "green", "blue", "nir"]

MAX_PIXELS: Final = 2**34
MAX_UNPACK_RATIO: Final = 2000  # deflate itself packs at most about 1000 : 1; a sparse bomb packs millions
BLOCK_CACHE_BYTES: Final = 64 * 2**20  # GDAL would take 5 % of memory

_NAMES: Final[dict[str, Role]] = {
    "red": "red", "r": "red", "红": "red", "green": "green", "g": "green", "绿": "green",
    "blue": "blue", "b": "blue", "蓝": "blue", "nir": "nir", "near infrared": "nir", "近红外": "nir",
}  # fmt: skip
_COLOURS: Final[dict[ColorInterp, Role]] = {
    ColorInterp.red: "red",
    ColorInterp.green: "green",
    ColorInterp.blue: "blue",
}
_DATE = re.compile(r"(\d{4})[:-](\d{2})[:-](\d{2})")


@dataclass(frozen=True, slots=True)
class Bands:
    """Which band of a file plays which role; 1-based, 0 where there is none."""

    red: int = 0
    green: int = 0
    blue: int = 0
    nir: int = 0

    def of(self, roles: Sequence[Role]) -> list[int]:
        """Band numbers of the roles, in their order."""
        return [getattr(self, role) for role in roles]


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
        ``uint8`` or ``uint16``.
    acquired
        Day of its TIFF date tag, None where it has none.
    masked
        True where alpha, nodata or a mask says what was observed; else a collar is looked for.
    block_rows
        Rows of a storage block: what one read decodes at the least.
    """

    path: str
    grid: Grid
    bands: Bands
    dtype: str
    acquired: date | None
    masked: bool
    block_rows: int


@dataclass(frozen=True, slots=True)
class Pixels:
    """A window's pixels.

    Parameters
    ----------
    values
        (role, y, x) uint8.
    valid
        (y, x); True where observed. A collar that no mask marks is still True here.
    """

    values: NDArray[np.uint8]
    valid: NDArray[np.bool_]


@contextlib.contextmanager
def _translated(path: str) -> Iterator[None]:
    """Turn rasterio's errors into refusals that name the file."""
    try:
        yield
    except RasterioIOError as error:
        code = "driver_refused" if "not recognized" in str(error) else "file_broken"
        shown = str(error).replace(path, Path(path).name)
        raise InputRefusedError(Refusal(code, file=path, value=shown, limit="GeoTIFF")) from error
    except (RasterioError, ValueError, MemoryError) as error:
        raise InputRefusedError(Refusal("file_broken", file=path, value=str(error))) from error


def _open(path: str) -> Any:
    # A str driver is an allow-list of one: VRT, and whatever else is called .tif, is refused.
    return rasterio.open(path, driver="GTiff", sharing=False)


def inspect_file(path: Path) -> SceneFile:
    """Read a file's head and say whether it can be used.

    Parameters
    ----------
    path
        A GeoTIFF.

    Raises
    ------
    InputRefusedError
        Not a GeoTIFF, damaged, too large for its own bytes, no CRS, degrees, bands or pixel type that are not read.
    """
    name = str(path)
    if not path.is_file():
        raise InputRefusedError(Refusal("file_missing", value=name))
    with _translated(name), warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)  # a file without a place is refused by name below
        opened = _open(name)
    with _translated(name), opened:
        _refuse_bomb(opened, path)
        _refuse_unplaced(opened, name)
        return SceneFile(
            path=name,
            grid=Grid(CRS.from_user_input(opened.crs), opened.transform, opened.height, opened.width),
            bands=_roles(opened, name),
            dtype=str(opened.dtypes[0]),
            acquired=_acquired(opened.tags().get("TIFFTAG_DATETIME", "")),
            masked=MaskFlags.all_valid not in opened.mask_flag_enums[0],
            block_rows=int(opened.block_shapes[0][0]),
        )


def digest_file(path: Path) -> str:
    """SHA-256 of a file's bytes.

    Raises
    ------
    InputRefusedError
        If it cannot be read.
    """
    try:
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise InputRefusedError(Refusal("file_broken", file=str(path), value=str(error))) from error


def _refuse_bomb(opened: Any, path: Path) -> None:
    pixels = opened.height * opened.width
    declared = pixels * opened.count * np.dtype(opened.dtypes[0]).itemsize
    if pixels > MAX_PIXELS or (declared > 2**30 and declared > MAX_UNPACK_RATIO * path.stat().st_size):
        found, limit = f"{opened.width} × {opened.height} px", f"{MAX_UNPACK_RATIO} : 1"
        raise InputRefusedError(Refusal("file_too_large", file=str(path), value=found, limit=limit))


def _refuse_unplaced(opened: Any, name: str) -> None:
    if opened.crs is None:
        raise InputRefusedError(Refusal("crs_missing", file=name))
    if not opened.crs.is_projected:
        raise InputRefusedError(Refusal("raster_crs_geographic", file=name))
    if opened.dtypes[0] not in {"uint8", "uint16"}:
        raise InputRefusedError(Refusal("raster_dtype", file=name, value=opened.dtypes[0], limit="uint8, uint16"))


def _roles(opened: Any, name: str) -> Bands:
    found: dict[str, int] = {}
    for number, (words, colour) in enumerate(zip(opened.descriptions, opened.colorinterp, strict=True), start=1):
        role = _NAMES.get((words or "").strip().lower()) or _COLOURS.get(colour)
        if role is None and getattr(colour, "name", "") == "nir":
            role = "nir"
        if role is not None:
            found.setdefault(role, number)
    if opened.count < 3:  # noqa: PLR2004 - red, green and blue
        raise InputRefusedError(Refusal("raster_bands", file=name, value=str(opened.count), limit="R, G, B (+ NIR)"))
    missing = [role for role in ("red", "green", "blue") if role not in found]
    if missing and not {"red", "nir"} <= set(found):
        said = ", ".join(f"{d or c.name}" for d, c in zip(opened.descriptions, opened.colorinterp, strict=True))
        raise InputRefusedError(Refusal("raster_band_roles", file=name, value=said, limit=", ".join(missing)))
    return Bands(**found)


def _acquired(tag: str) -> date | None:
    found = _DATE.match(tag.strip())
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


class SceneReader:
    """Reads windows of a village's files on one grid; a context manager, for one thread.

    Where the files' CRS, rotation and pixel size are the grid's, a window is read in place, offset by whole pixels;
    else the file is warped. The first file (by name) that observed a pixel gives it.

    Parameters
    ----------
    files
        The scene's files.
    grid
        What windows refer to.
    roles
        Bands to read, in the order they are returned.
    scale
        Digital numbers that become 0 and 255 in 16-bit files.
    """

    def __init__(
        self, files: Sequence[SceneFile], grid: Grid, roles: Sequence[Role], scale: tuple[float, float] = (0.0, 255.0)
    ) -> None:
        self.files = tuple(files)
        self.grid = grid
        self.roles = tuple(roles)
        self.scale = scale
        self._stack = contextlib.ExitStack()
        self._opened: list[tuple[SceneFile, Any, tuple[int, int] | None]] = []

    def __enter__(self) -> SceneReader:
        self._stack.enter_context(rasterio.Env(GDAL_CACHEMAX=BLOCK_CACHE_BYTES))
        for file in self.files:
            with _translated(file.path):
                self._opened.append(self._enter(file))
        return self

    def _enter(self, file: SceneFile) -> tuple[SceneFile, Any, tuple[int, int] | None]:
        opened = self._stack.enter_context(_open(file.path))
        offset = self.grid.offset_in(file.grid)
        if offset is not None:
            return file, opened, offset
        finer = file.grid.ground_pixel_m < 0.9 * self.grid.ground_pixel_m
        warped = WarpedVRT(
            opened,
            crs=self.grid.crs.to_wkt(),
            resampling=Resampling.average if finer else Resampling.bilinear,
            add_alpha=opened.nodata is None and not _has_alpha(opened),
            # A margin around the grid, so that a registration's shift still finds pixels.
            transform=self.grid.transform @ type(self.grid.transform).translation(-_MARGIN, -_MARGIN),
            height=self.grid.height + 2 * _MARGIN,
            width=self.grid.width + 2 * _MARGIN,
        )
        return file, self._stack.enter_context(warped), None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def read(self, window: Window, shift: tuple[int, int] = (0, 0)) -> Pixels:
        """Read a window of the grid.

        Parameters
        ----------
        window
            In the grid's pixels; may reach beyond it.
        shift
            Rows and columns by which the scene's content lies off its true place: pixel (r, c) of the window is read
            at (r + shift[0], c + shift[1]).

        Raises
        ------
        InputRefusedError
            If a block cannot be decoded.
        """
        values = np.zeros((len(self.roles), window.height, window.width), dtype=np.uint8)
        valid = np.zeros((window.height, window.width), dtype=bool)
        for file, opened, offset in self._opened:
            with _translated(file.path):
                raw, seen = self._read_one(file, opened, offset, window.moved(*shift))
            fresh = seen & ~valid
            np.copyto(values, self._bytes(raw, file), where=fresh)
            valid |= fresh
            if valid.all():
                break
        return Pixels(values, valid)

    def _read_one(
        self, file: SceneFile, opened: Any, offset: tuple[int, int] | None, window: Window
    ) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        wanted = window.moved(*(offset if offset is not None else (_MARGIN, _MARGIN)))
        top, left = max(0, wanted.row), max(0, wanted.col)
        bottom = min(opened.height, wanted.row + wanted.height)
        right = min(opened.width, wanted.col + wanted.width)
        raw = np.zeros((len(self.roles), window.height, window.width), dtype=file.dtype)
        seen = np.zeros((window.height, window.width), dtype=bool)
        if bottom <= top or right <= left:
            return raw, seen
        inside = RioWindow.from_slices((top, bottom), (left, right))
        place = np.s_[top - wanted.row : bottom - wanted.row, left - wanted.col : right - wanted.col]
        raw[:, *place] = opened.read(file.bands.of(self.roles), window=inside)
        seen[place] = True if file.masked is False and offset is not None else opened.dataset_mask(window=inside) > 0
        return raw, seen

    def _bytes(self, raw: NDArray[Any], file: SceneFile) -> NDArray[np.uint8]:
        if file.dtype == "uint8":
            return np.asarray(raw, dtype=np.uint8)
        low, high = self.scale
        stretched = (raw.astype(np.float32) - low) * (255.0 / max(high - low, 1e-6))
        clipped: NDArray[np.uint8] = np.clip(stretched, 0, 255).astype(np.uint8)
        return clipped


_MARGIN: Final = 256


def _has_alpha(opened: Any) -> bool:
    return any(colour == ColorInterp.alpha for colour in opened.colorinterp)
