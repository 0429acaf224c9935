"""Jobs on threads and on a cluster: the same bytes, also when a worker dies."""

import hashlib

import pytest
from factories import ground, square, write_geojson, write_tif

import lvgeo
from lvgeo.engine import checked_engine, run
from lvgeo.errors import UsageError


def test_an_engine_that_is_none_is_refused():
    for wrong in ("spark://a:1", "dask://", "dask://host", "dask://host:1/../x"):
        with pytest.raises(UsageError, match="engine"):
            checked_engine(wrong)


def test_results_come_in_the_jobs_order():
    assert run(abs, [-3, 2, -1], workers=3) == [3, 2, 1]


def _street(folder):
    features = []
    for k in range(3):
        code = f"44139900120{k}"
        west = 551000.0 + 200 * k
        for date, gain in (("2024-01", 1.0), ("2024-09", 0.9)):
            write_tif(folder / date / f"{code}.tif", ground(seed=k, gain=gain), west=west)
    from pyproj import Transformer

    to_degrees = Transformer.from_crs(4547, 4490, always_xy=True)
    for k in range(3):
        lon, lat = to_degrees.transform(551010.0 + 200 * k, 2549930.0)
        features.append(square(lon, lat, 60, f"44139900120{k}", village=f"V{k}"))
    return write_geojson(folder / "zones.geojson", features)


def _digests(folder):
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted((folder / "canopy").rglob("*"))
        if p.is_file()
    }


def test_a_cluster_gives_the_same_bytes_though_a_worker_is_killed(tmp_path):
    distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    zones = _street(tmp_path)
    dates = (tmp_path / "2024-01", tmp_path / "2024-09")
    lvgeo.compare(*dates, zones=zones, out=tmp_path / "here", model="index")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        killed = []

        def told(stage, _done, _total):
            if stage == "classify_before" and not killed:
                killed.append(True)
                next(iter(cluster.workers.values())).process.process.kill()

        engine = cluster.scheduler_address.replace("tcp://", "dask://")
        lvgeo.compare(*dates, zones=zones, out=tmp_path / "there", model="index", engine=engine, progress=told)
    assert killed
    assert _digests(tmp_path / "here") == _digests(tmp_path / "there")
    assert len(_digests(tmp_path / "here")) == 3 * 2 * 3 + 1  # raster, preview, item; and the catalogue
