"""What `check`, `compare` and `month` return: where the outputs lie, the tables, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from lvgeo.errors import Refusal
    from lvgeo.labels import Language

__all__ = ["Result", "Rows"]

Rows = tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What a run found.

    Parameters
    ----------
    folder
        Where its outputs lie.
    language
        Of their words.
    files
        Outputs, in the order in which a person would open them.
    rows
        Table name → its rows, keyed as in `lvgeo.outputs.columns`.
    consequences
        Village code → the plan's consequence, where it is proposed.
    left_out
        Everything that was refused or missing, by name.
    remarks
        What a person should know although nothing was left out.
    """

    folder: Path
    language: Language
    files: tuple[Path, ...]
    rows: Mapping[str, Rows]
    consequences: Mapping[str, str]
    left_out: tuple[Refusal, ...]
    remarks: tuple[Refusal, ...] = ()

    @property
    def area_compliance(self) -> pd.DataFrame:
        """One row a village: area against what is required."""
        return self._table("area_compliance")

    @property
    def plot_issues(self) -> pd.DataFrame:
        """One row an issue."""
        return self._table("plot_issues")

    @property
    def canopy_change(self) -> pd.DataFrame:
        """One row a village: canopy change over its plots, interval, verdict and reason."""
        return self._table("canopy_change")

    @property
    def plot_change(self) -> pd.DataFrame:
        """One row a plot: canopy change and interval."""
        return self._table("plot_change")

    @property
    def plot_versions(self) -> pd.DataFrame:
        """Plots that are not as they were recorded."""
        return self._table("plot_versions")

    @property
    def ground_changes(self) -> pd.DataFrame:
        """Each village's change of area since it was recorded, redrawn and really new."""
        return self._table("ground_changes")

    @property
    def required_gain(self) -> pd.DataFrame:
        """One row a plot and month: gain required, and the month from which a lag could be proven."""
        return self._table("required_gain")

    @property
    def canopy_loss(self) -> pd.DataFrame:
        """One row a patch of lost canopy."""
        return self._table("canopy_loss")

    @property
    def compliance(self) -> pd.DataFrame:
        """One row a village and task of the plan."""
        return self._table("compliance")

    @property
    def ranking(self) -> pd.DataFrame:
        """One row a village: its rank by completion, how sure it is, or why it has none."""
        return self._table("ranking")

    @property
    def seedling_transfers(self) -> pd.DataFrame:
        """One row a proposal: who could give seedlings to whom, and what nobody has."""
        return self._table("seedling_transfers")

    def counts(self, table: str, key: str) -> dict[str, int]:
        """How often each value stands in a column."""
        found: dict[str, int] = {}
        for row in self.rows.get(table, ()):
            value = str(row[key])
            found[value] = found.get(value, 0) + 1
        return dict(sorted(found.items()))

    def summary(self) -> dict[str, Any]:
        """Return counts, files and refusals as plain values, for `--json`."""
        return {
            "folder": str(self.folder),
            "files": [str(file) for file in self.files],
            "area": self.counts("area_compliance", "status"),
            "verdicts": self.counts("canopy_change", "verdict"),
            "change": self.counts("canopy_change", "change"),
            "consequences": dict(self.consequences),
            "left_out": _listed(self.left_out, self.language),
            "remarks": _listed(self.remarks, self.language),
        }

    def said(self) -> dict[str, list[str]]:
        """Return refusals and remarks as sentences, for run.json."""
        return {
            "left_out": [one.sentence(self.language) for one in self.left_out],
            "remarks": [one.sentence(self.language) for one in self.remarks],
        }

    def _table(self, name: str) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame.from_records(list(self.rows.get(name, ())))


def _listed(refusals: Sequence[Refusal], language: Language) -> list[dict[str, str]]:
    return [
        {
            "code": one.code,
            "file": one.file,
            "feature": one.feature,
            "value": one.value,
            "reason": one.reason(language),
            "remedy": one.remedy(language),
        }
        for one in refusals
    ]
