"""Jobs on threads and on a cluster: the same bytes, also when a worker dies."""

import contextlib
import hashlib
import os
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import pytest
from factories import ground, square, write_geojson, write_tif
from rasterio.errors import RasterioIOError

import lvgeo
from lvgeo import engine as engines
from lvgeo.demonstration import CLOSED_ON
from lvgeo.engine import checked_engine, run
from lvgeo.errors import InputRefusedError, UsageError
from lvgeo.monthly import assess
from lvgeo.monthly.probing import ProbeJob, probe_village


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
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
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


def test_a_wrong_address_is_said_in_words(monkeypatch):
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    monkeypatch.setattr(engines, "CONNECT_S", 1)
    with socket.socket() as taken:  # bound and not listening: nobody answers there
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(UsageError, match="no Dask scheduler answers at dask"):
            run(abs, [-1], engine=f"dask://127.0.0.1:{taken.getsockname()[1]}")


@contextlib.contextmanager
def answering(said):
    """A port at which something says this and hangs up, or says nothing and waits; the engine that would be there."""

    class Says(socketserver.BaseRequestHandler):
        def handle(self):
            with contextlib.suppress(OSError):
                if said is None:
                    while self.request.recv(4096):
                        pass
                else:
                    self.request.sendall(said)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Says) as server:
        served = threading.Thread(target=server.serve_forever, args=(0.05,))
        served.start()
        yield f"dask://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        served.join()


@pytest.mark.parametrize("said", [b"HTTP/1.1 400 Bad Request\r\n\r\n" * 9, b"SSH-2.0-OpenSSH_9.2\r\n", b"", None])
def test_what_answers_and_is_no_scheduler_is_said_in_words_alone(monkeypatch, capfd, said):
    """As the port of the scheduler's own page: its first bytes were taken for a size, 3 EiB of memory were wanted."""
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    monkeypatch.setattr(engines, "CONNECT_S", 2)
    before = set(threading.enumerate())
    with answering(said) as engine, pytest.raises(UsageError, match="no Dask scheduler answers at dask"):
        run(abs, [-1], engine=engine)
    # A client that never connected would stay, and lock the next one up where it is collected while that is made.
    assert set(threading.enumerate()) <= before
    assert "Traceback" not in capfd.readouterr().err


def test_a_worker_is_no_scheduler():
    distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    with distributed.LocalCluster(n_workers=1, processes=False, protocol="tcp://", dashboard_address=":0") as cluster:
        engine, before = cluster.workers[0].address.replace("tcp://", "dask://"), set(threading.enumerate())
        with pytest.raises(UsageError, match="no Dask scheduler answers at dask"):
            run(abs, [-1], engine=engine)
        assert not [one for one in set(threading.enumerate()) - before if one.name == "IO loop"]


@contextlib.contextmanager
def scheduler():
    """A scheduler with a worker in a process of their own, and the engine it is."""
    script = (
        "import asyncio; from distributed import Scheduler, Worker\n"
        "async def main():\n"
        "    async with Scheduler(port=0, dashboard_address=':0') as one, Worker(one.address):\n"
        "        print(one.address, flush=True); await asyncio.sleep(60)\n"
        "asyncio.run(main())"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process, process.stdout.readline().strip().replace("tcp://", "dask://")
        finally:
            process.kill()


def test_a_scheduler_that_goes_away_is_said_in_words_alone(capfd):
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    with scheduler() as (process, engine), pytest.raises(UsageError, match="or it went away"):
        run(time.sleep, [0.1, 30], engine=engine, done=lambda _done, _total: process.kill())
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="signals that stop a process are of POSIX")
def test_a_scheduler_that_stands_still_is_not_waited_for_for_ever(monkeypatch, capfd):
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    monkeypatch.setattr(engines, "IDLE_S", 1)
    monkeypatch.setattr(engines, "CONNECT_S", 2)
    with scheduler() as (process, engine), pytest.raises(UsageError, match="or it went away"):
        run(time.sleep, [0.1, 30], engine=engine, done=lambda _done, _total: process.send_signal(signal.SIGSTOP))
    assert "Traceback" not in capfd.readouterr().err


def test_a_scheduler_without_workers_is_not_waited_for_for_ever(monkeypatch):
    distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    monkeypatch.setattr(engines, "IDLE_S", 1)
    with distributed.LocalCluster(n_workers=0, processes=False, protocol="tcp://", dashboard_address=":0") as cluster:
        engine = cluster.scheduler_address.replace("tcp://", "dask://")
        with pytest.raises(UsageError, match="no worker for 1 s"):
            run(abs, [-1], engine=engine)


def test_workers_that_leave_and_stay_away_are_not_waited_for_either(monkeypatch):
    distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    monkeypatch.setattr(engines, "IDLE_S", 1)
    with distributed.LocalCluster(n_workers=1, processes=False, protocol="tcp://", dashboard_address=":0") as cluster:
        engine = cluster.scheduler_address.replace("tcp://", "dask://")

        def left(_done, _total):
            cluster.scale(0)

        def work(job):
            time.sleep(0.1 if job == 0 else 3)
            return job

        with pytest.raises(UsageError, match="no worker"):
            run(work, [0, 1, 2, 3, 4, 5, 6, 7], engine=engine, done=left)


def deadly(job):
    """End the worker's process, as the kernel does when memory runs out."""
    if job["village_code"] == "2":
        os._exit(1)
    return job["village_code"]


def test_a_job_of_which_workers_die_is_given_up_and_the_others_are_done():
    """The first death is enough here, and what lay beside the deadly job dies with it: it is tried again alone."""
    distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    import dask

    jobs = [{"village_code": f"{k}"} for k in range(5)]
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        distributed.LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=":0") as cluster,
    ):
        engine = cluster.scheduler_address.replace("tcp://", "dask://")
        told = []
        found = run(
            deadly,
            jobs,
            engine=engine,
            lost=lambda job: f"lost {job['village_code']}",
            done=lambda *at: told.append(at),
        )
        assert found == ["0", "1", "lost 2", "3", "4"]
        assert told[-1] == (5, 5)
        with pytest.raises(InputRefusedError, match="worker after worker died"):
            run(deadly, jobs[2:3], engine=engine)


def losing(code):
    """An engine whose workers die of one village."""

    def losing_run(work, jobs, *, lost, **_options):
        return [lost(job) if job.village_code == code else run(work, [job])[0] for job in jobs]

    return losing_run


def test_a_village_of_which_workers_die_is_named_and_the_others_are_measured(tmp_path, monkeypatch):
    zones = _street(tmp_path)
    monkeypatch.setattr("lvgeo.monthly.guarded.run", losing("441399001201"))
    found = lvgeo.compare(tmp_path / "2024-01", tmp_path / "2024-09", zones=zones, out=tmp_path / "out", model="index")
    assert [(one.code, one.feature) for one in found.left_out] == [("job_lost", "441399001201")]
    changes = found.canopy_change.set_index("village_code")["net_change_pp"]
    assert changes.isna().tolist() == [False, True, False]


def test_a_village_of_whose_probing_workers_die_has_no_evidence_and_is_named(monkeypatch):
    monkeypatch.setattr(assess, "is_judged", lambda one, _settings: one != "early")
    scene = SimpleNamespace(files=(SimpleNamespace(path="b.tif"),))
    monkeypatch.setattr(assess, "probe_job", lambda _bench, code: SimpleNamespace(village_code=code, scene=scene))
    monkeypatch.setattr(assess, "probe_village", lambda job: f"probed {job.village_code}")
    monkeypatch.setattr("lvgeo.monthly.guarded.run", losing("b"))
    bench = SimpleNamespace(has_ground=lambda _code: True, village=lambda _code, _asked, probed: probed)
    refused = []
    found = assess._probed(bench, {"a": "", "b": "", "c": "early"}, SimpleNamespace(engine=""), None, refused)
    assert found == {"a": "probed a", "c": "early"}
    assert [(one.code, one.file, one.feature) for one in refused] == [("job_lost", "b.tif", "b")]


@pytest.mark.slow
def test_a_month_goes_on_where_a_village_cannot_be_looked_at_again(demo, tmp_path, monkeypatch):
    """One village's workers die of probing it, and another's image breaks meanwhile: both are named and not judged."""
    street = shutil.copytree(demo.folder, tmp_path / "street")
    gone, broken = "441399001201", "441399001202"

    def breaking(job):
        if job.village_code == broken:
            raise RasterioIOError("Read failed")
        return probe_village(job)

    def losing_probes(work, jobs, **options):
        mine = isinstance(jobs[0], ProbeJob) if jobs else False
        return (losing(gone) if mine else run)(work, jobs, **options)

    monkeypatch.setattr(assess, "probe_village", breaking)
    monkeypatch.setattr("lvgeo.monthly.guarded.run", losing_probes)
    found = lvgeo.month(street, "2024-09", on=CLOSED_ON)
    told = {(one.code, one.feature) for one in found.left_out}
    assert {("job_lost", gone), ("file_broken", broken)} <= told
    rows = found.canopy_change.set_index("village_code")
    assert list(rows["verdict"][[gone, broken]]) == ["inconclusive"] * 2
    assert all("没有可用影像" in reason for reason in rows["reason"][[gone, broken]])
    assert rows["verdict"].isin(["on_track", "lagging"]).any()
