"""Real data beside the checkout, and the one demo street that slower tests share."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared():
    """Real data beside the checkout; a test that needs it is skipped, saying so, where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"real data is not at {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """The simulated street, made and run once; tests do not write into it."""
    from lvgeo.demonstration import demo

    return demo(tmp_path_factory.mktemp("demo") / "street")
