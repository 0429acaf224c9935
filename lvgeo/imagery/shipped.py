"""Where the models that come with lvgeo lie."""

from __future__ import annotations

from pathlib import Path

__all__ = ["shipped_model"]


def shipped_model(name: str) -> Path:
    """Folder of ``trees`` or ``crowns``, in the installed package or beside it in a checkout.

    Examples
    --------
    >>> (shipped_model("trees") / "model.json").is_file()
    True
    """
    package = Path(__file__).resolve().parents[1]
    installed = package / "data" / "models" / name
    return installed if installed.is_dir() else package.parent / "data" / "models" / name
