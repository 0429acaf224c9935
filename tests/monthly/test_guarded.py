"""What goes wrong in one village's job, foreseen or not, is said of that village and ends no other's."""

from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from pyproj.exceptions import ProjError
from rasterio._err import CPLE_AppDefinedError, CPLE_OutOfMemoryError
from rasterio.errors import RasterioIOError

from lvgeo.errors import InputRefusedError, Refusal, StorageError
from lvgeo.imagery.scene import translated
from lvgeo.monthly.guarded import Told, guarded
from lvgeo.monthly.silent import silent


@dataclass(frozen=True)
class Job:
    village_code: str
    error: BaseException | None = None

    @property
    def scene(self):
        return SimpleNamespace(files=(SimpleNamespace(path=f"{self.village_code}.tif"),))


def work(job):
    if job.error:
        raise job.error
    return job.village_code


@pytest.mark.parametrize(
    "error",
    [
        InputRefusedError(Refusal("file_broken", file="2.tif", value="cut short")),
        RasterioIOError("Read failed"),
        CPLE_AppDefinedError(1, 1, "Too many points failed to transform"),
        ProjError("no path between two datums"),
        OSError(5, "Input/output error"),
    ],
)
def test_one_broken_raster_ends_no_others_month(error):
    refused = []
    kept = guarded(work, [Job("1"), Job("2", error), Job("3")], Told(silent, "classify", "threads"), refused)
    assert kept == {"1": "1", "3": "3"}
    (said,) = refused
    assert (said.code, said.file) == ("file_broken", "2.tif")
    assert said.value


def test_a_fault_of_lvgeo_itself_is_said_of_its_village_and_the_others_are_judged():
    refused = []
    jobs = [Job("1"), Job("2", ZeroDivisionError("float division by zero")), Job("3")]
    assert guarded(work, jobs, Told(silent, "classify", "threads"), refused) == {"1": "1", "3": "3"}
    (said,) = refused
    assert (said.code, said.file, said.feature) == ("job_failed", "2.tif", "2")
    assert "ZeroDivisionError: float division by zero" in said.reason("en")


def unread():
    """What rasterio raises of a block for which there is no room: GDAL's words are its cause's."""
    error = RasterioIOError("Read failed. See previous exception for details.")
    error.__cause__ = CPLE_AppDefinedError(3, 1, "a.tif: cannot allocate 1600000000 bytes")
    return error


@pytest.mark.parametrize("error", [MemoryError(), CPLE_OutOfMemoryError(2, 2, "no room"), unread()])
def test_too_little_memory_is_not_told_as_a_damaged_file(error):
    refused = []
    assert guarded(work, [Job("1"), Job("2", error)], Told(silent, "classify", "threads"), refused) == {"1": "1"}
    assert [(one.code, one.file) for one in refused] == [("memory_short", "2.tif")]
    with pytest.raises(InputRefusedError) as told, translated("2.tif"):
        raise error
    assert [one.code for one in told.value.refusals] == ["memory_short"]


def test_a_full_disk_ends_the_month():
    full = StorageError(Refusal("write_failed", file="2.tif", value="No space left on device"))
    with pytest.raises(StorageError):
        guarded(work, [Job("1"), Job("2", full)], Told(silent, "classify", "threads"), [])
