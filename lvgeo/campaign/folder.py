"""Where everything in a campaign folder lies; arithmetic on paths, nothing is opened."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from lvgeo.campaign.settings import InputsTable
    from lvgeo.errors import Refusal
    from lvgeo.units import Month

__all__ = ["CampaignFolder"]


@dataclass(frozen=True, slots=True)
class CampaignFolder:
    """Layout of a campaign folder.

    Parameters
    ----------
    root
        The folder that holds campaign.toml.
    inputs
        The settings' [inputs] table.
    """

    root: Path
    inputs: InputsTable

    def _under(self, paths: str | tuple[str, ...]) -> tuple[Path, ...]:
        names = (paths,) if isinstance(paths, str) else paths
        return tuple(self.root / name for name in names)

    def named(self, paths: tuple[Path, ...]) -> str:
        """Say paths as they stand from the campaign folder."""
        return ", ".join(p.relative_to(self.root).as_posix() if p.is_relative_to(self.root) else str(p) for p in paths)

    def told(self, refusal: Refusal) -> Refusal:
        """Name a refusal's files as they stand from the campaign folder: the same wherever the folder lies."""
        here = f"{self.root}{os.sep}"
        file, value, limit = (part.removeprefix(here) for part in (refusal.file, refusal.value, refusal.limit))
        return replace(refusal, file=file, value=value, limit=limit)

    @property
    def villages(self) -> tuple[Path, ...]:
        """Files or folders of village boundaries."""
        return self._under(self.inputs.villages)

    @property
    def plots(self) -> tuple[Path, ...]:
        """Files or folders of plots."""
        return self._under(self.inputs.plots)

    @property
    def trees(self) -> tuple[Path, ...]:
        """Files or folders of tree registers."""
        return self._under(self.inputs.trees)

    @property
    def registers(self) -> tuple[Path, ...]:
        """Files or folders of the other registers."""
        return self._under(self.inputs.registers)

    @property
    def rows(self) -> tuple[Path, ...]:
        """Every place of rows, images aside."""
        return (*self.villages, *self.plots, *self.trees, *self.registers, *self.no_plant)

    @property
    def no_plant(self) -> tuple[Path, ...]:
        """Files or folders of layers on which nothing may be planted."""
        return self._under(self.inputs.no_plant)

    @property
    def imagery_roots(self) -> tuple[Path, ...]:
        """Folders that hold a folder a month."""
        return self._under(self.inputs.imagery)

    def imagery(self, month: Month) -> tuple[Path, ...]:
        """Folders of that month's images."""
        return tuple(path / str(month) for path in self._under(self.inputs.imagery))

    @property
    def canopy(self) -> Path:
        """Folder of class rasters."""
        return self.root / "canopy"

    @property
    def lock(self) -> Path:
        """File that the running process holds."""
        return self.root / ".lvgeo.lock"

    def out(self, name: str) -> Path:
        """Folder of a month's outputs, or of `check`'s."""
        return self.root / "out" / name

    def log(self, month: Month) -> Path:
        """Return timings of a month's run, which are not part of its outputs."""
        return self.root / "out" / f"{month}.log.jsonl"
