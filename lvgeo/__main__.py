"""Run lvgeo as ``python -m lvgeo``."""

from __future__ import annotations

from lvgeo.cli import main

if __name__ == "__main__":
    main()
