"""A QGIS style: one symbol a state, in the map's colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lvgeo.outputs.palette import Mark

__all__ = ["categorized_style", "line_style"]


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
        shown = _point(mark) if point else _polygon(mark, outline_only=outline_only)
        _drawn(symbol, "SimpleMarker" if point else "SimpleFill", shown)
    return _DOCTYPE + ET.tostring(root, encoding="unicode")


def line_style(attribute: str, colour: str) -> str:
    """Describe lines, each as wide as the root of a field, as QML.

    Parameters
    ----------
    attribute
        The field, a number.
    colour
        ``#RRGGBB``.

    Examples
    --------
    >>> "sqrt(" in line_style("seedlings", "#4A148C"), "74,20,140" in line_style("seedlings", "#4A148C")
    (True, True)
    """
    root = ET.Element("qgis", version="3.28.0", styleCategories="Symbology")
    renderer = ET.SubElement(root, "renderer-v2", type="singleSymbol", symbollevels="0")
    symbols = ET.SubElement(renderer, "symbols")
    symbol = ET.SubElement(symbols, "symbol", name="0", type="line", alpha="1", clip_to_extent="1")
    layer = _drawn(symbol, "SimpleLine", {"line_color": _rgba(colour, 255), "line_width": "0.8", "capstyle": "round"})
    held = ET.SubElement(ET.SubElement(layer, "data_defined_properties"), "Option", type="Map")
    properties = ET.SubElement(held, "Option", name="properties", type="Map")
    width = ET.SubElement(properties, "Option", name="outlineWidth", type="Map")
    ET.SubElement(width, "Option", name="active", value="true", type="bool")
    ET.SubElement(width, "Option", name="expression", value=f'0.4+sqrt("{attribute}")/16', type="QString")
    ET.SubElement(width, "Option", name="type", value="3", type="int")
    ET.SubElement(held, "Option", name="type", value="collection", type="QString")
    return _DOCTYPE + ET.tostring(root, encoding="unicode")


_DOCTYPE: Final = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"


def _drawn(symbol: ET.Element, kind: str, properties: Mapping[str, str]) -> ET.Element:
    layer = ET.SubElement(symbol, "layer", {"class": kind, "enabled": "1", "pass": "0", "locked": "0"})
    options = ET.SubElement(layer, "Option", type="Map")
    for name, value in properties.items():
        ET.SubElement(options, "Option", name=name, value=value, type="QString")
        ET.SubElement(layer, "prop", k=name, v=value)  # what QGIS before 3.20 reads
    return layer


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
