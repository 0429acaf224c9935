"""A QGIS style: one symbol a state, in the map's colours."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lvgeo.outputs.palette import Mark

__all__ = ["categorized_style"]


def categorized_style(
    attribute: str, marks: Mapping[str, Mark], *, outline_only: bool = False, point: bool = False
) -> str:
    """Describe a categorised renderer as QML.

    Parameters
    ----------
    attribute
        The field that the symbols go by.
    marks
        Value of the field to how it is drawn.
    outline_only
        Polygons without fill.
    point
        The layer holds points.

    Examples
    --------
    >>> from lvgeo.outputs.palette import MARKS
    >>> style = categorized_style("verdict", {"lagging": MARKS["verdict_lagging"]})
    >>> 'attr="verdict"' in style, "198,40,40" in style
    (True, True)
    """
    root = ET.Element("qgis", version="3.28.0", styleCategories="Symbology")
    renderer = ET.SubElement(root, "renderer-v2", type="categorizedSymbol", attr=attribute, symbollevels="0")
    categories = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    for number, (state, mark) in enumerate(marks.items()):
        ET.SubElement(categories, "category", value=state, symbol=str(number), label=state, render="true")
        kind = "marker" if point else "fill"
        symbol = ET.SubElement(symbols, "symbol", name=str(number), type=kind, alpha="1", clip_to_extent="1")
        _fill(symbol, _point(mark) if point else _polygon(mark, outline_only=outline_only), point=point)
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + ET.tostring(root, encoding="unicode")


def _fill(symbol: ET.Element, properties: Mapping[str, str], *, point: bool) -> None:
    layer = ET.SubElement(
        symbol,
        "layer",
        {"class": "SimpleMarker" if point else "SimpleFill", "enabled": "1", "pass": "0", "locked": "0"},
    )
    options = ET.SubElement(layer, "Option", type="Map")
    for name, value in properties.items():
        ET.SubElement(options, "Option", name=name, value=value, type="QString")
        ET.SubElement(layer, "prop", k=name, v=value)  # what QGIS before 3.20 reads


def _polygon(mark: Mark, *, outline_only: bool) -> dict[str, str]:
    return {
        "color": _rgba(mark.colour, 90),
        "style": "no" if outline_only else "solid",
        "outline_color": _rgba(mark.colour, 255),
        "outline_style": "dash" if mark.dash else "solid",
        "outline_width": "0.5",
        "outline_width_unit": "MM",
    }


def _point(mark: Mark) -> dict[str, str]:
    return {"name": "circle", "color": _rgba(mark.colour, 255), "outline_color": "255,255,255,255", "size": "2.4"}


def _rgba(colour: str, alpha: int) -> str:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return f"{red},{green},{blue},{alpha}"
