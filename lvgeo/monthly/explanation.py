"""`check --explain`: how one file was understood, before anything is measured by it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lvgeo.campaign.read import SETTINGS_FILE
from lvgeo.campaign.settings import CampaignSettings
from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.labels import say
from lvgeo.land.area import geodesic_area_m2
from lvgeo.land.layer import polygonal_layer
from lvgeo.land.placing import place
from lvgeo.land.plots import PLOT_FIELDS
from lvgeo.land.read import read_villages
from lvgeo.land.read_columns import known_as
from lvgeo.land.read_layers import read_file, suffix_of
from lvgeo.land.repair import whole_shapes
from lvgeo.monthly.inputs import open_campaign
from lvgeo.units import m2_to_mu

if TYPE_CHECKING:
    from lvgeo.labels import Language
    from lvgeo.land.layer import Layer
    from lvgeo.land.plots import Villages

__all__ = ["Explanation", "explain"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a file was understood.

    Parameters
    ----------
    file
        The file.
    language
        Of the lines.
    lines
        What was found, layer by layer, in order.
    refused
        Features and layers that cannot be used.
    """

    file: str
    language: Language
    lines: tuple[str, ...]
    refused: tuple[Refusal, ...]

    def summary(self) -> dict[str, Any]:
        """Return the same for machines."""
        return {
            "file": self.file,
            "understood": list(self.lines),
            "refused": [one.sentence(self.language) for one in self.refused],
        }


def explain(file: str | Path, folder: str | Path | None = None, *, language: Language = "zh") -> Explanation:
    """Say how a vector file is understood: format, encoding, axes, reference system, columns, rows in and out.

    Parameters
    ----------
    file
        In any format that plots come in.
    folder
        A campaign folder, near whose villages a file without a reference system is looked for.
    language
        Of the lines.

    Raises
    ------
    InputRefusedError
        If the file cannot be read at all.
    """
    path = Path(file)
    if not path.exists():
        raise InputRefusedError(Refusal("file_missing", value=str(path)))
    settings, villages = CampaignSettings(), None
    if folder is not None and (Path(folder) / SETTINGS_FILE).is_file():
        layout, settings = open_campaign(Path(folder))
        villages, _ = read_villages(layout.villages, settings.land, settings.inputs.columns)
    refused: list[Refusal] = []
    layers = read_file(path, refused, settings.inputs.columns)
    lines = [say("explain_file", language, file=path.name, format=suffix_of(path), layers=len(layers))]
    for whole in layers:
        for layer in polygonal_layer(whole, refused):
            lines += _of_layer(layer, settings, villages, refused, language)
    return Explanation(str(path), language, tuple(lines), tuple(refused))


def _of_layer(
    layer: Layer, settings: CampaignSettings, villages: Villages | None, refused: list[Refusal], language: Language
) -> list[str]:
    name = layer.file.partition(" · ")[2] or Path(layer.file).name
    lines = [say("explain_layer", language, layer=name, features=len(layer), unclosed=int(layer.unclosed.sum()))]
    lines += [say(one.code, language, value=one.value) for one in layer.remarks]
    stated = layer.crs.name if layer.crs is not None else say("explain_nothing", language)
    lines.append(say("explain_crs", language, crs=stated))
    if villages is not None:
        placed = place(layer, villages, settings.land.assume_crs, refused)
        if placed is not None:
            word = say(f"placed_{placed.word}", language)
            lines.append(say("explain_placed", language, word=word, crs=placed.system))
            area = float(geodesic_area_m2(whole_shapes(placed.geometry)).sum())
            lines.append(say("explain_area", language, area_m2=area, area_mu=m2_to_mu(area)))
    columns = settings.inputs.columns
    named = {key: known_as(layer, key, columns) for key in PLOT_FIELDS}
    taken = ", ".join(f"{key} ← {theirs}" for key, theirs in named.items() if theirs is not None)
    rest = [str(name) for name in layer.values.columns if name not in set(named.values())]
    nothing = say("explain_nothing", language)
    lines.append(say("explain_columns", language, taken=taken or nothing, rest=", ".join(rest) or nothing))
    return [lines[0], *(f"  {line}" for line in lines[1:])]
