"""Real data beside the checkout, and the one demo street that slower tests share."""

import os
import pickle
import shutil
from pathlib import Path

import pytest
from filelock import FileLock

if "PYTEST_XDIST_WORKER" in os.environ:  # processes beside each other: threads of their own would wait for each other
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def shared():
    """Real data beside the checkout; a test that needs it is skipped, saying so, where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"real data is not at {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """The simulated street, made and run once; tests do not write into it.

    Where LVGEO_TEST_DEMO names a folder it is made there and found again by the next run, as the gate's two do: nothing
    looks whether the code is still the same. Processes that test beside each other share one: the first makes it.
    """
    from lvgeo.demonstration import demo

    base = tmp_path_factory.getbasetemp()
    shared_base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    kept = Path(os.environ.get("LVGEO_TEST_DEMO") or shared_base / "demo")
    kept.mkdir(parents=True, exist_ok=True)
    told = kept / "told.pickle"
    with FileLock(kept / "made.lock"):
        if not told.is_file():
            told.write_bytes(pickle.dumps(demo(kept / "street")))
    return pickle.loads(told.read_bytes())


@pytest.fixture(scope="module")
def browser():
    """A browser for the pages; tests that need it are skipped, saying why, where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if BROWSER is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield opened
        opened.close()
