"""XML that came from outside: bounded, without entities, elements by their local names."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from lvgeo.errors import InputRefusedError, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["child_text", "children", "local", "parse_xml"]


class _NoEntities(ET.TreeBuilder):
    """A tree without a document type: entities are declared in one, and grow without bound or read other files."""

    def doctype(self, *declared: str | None) -> None:
        message = f"DOCTYPE {declared[0]}"
        raise ValueError(message)


def parse_xml(raw: bytes, file: str, root: str) -> ET.Element:
    """Parse a file whose outermost element must be `root`.

    Raises
    ------
    InputRefusedError
        If it is damaged, something else, or declares a document type.
    """
    if b"<!ENTITY" in raw or b"<!DOCTYPE" in raw:
        raise InputRefusedError(Refusal("xml_entities", file=file))
    try:
        found = ET.fromstring(raw, parser=ET.XMLParser(target=_NoEntities()))
    except (ET.ParseError, ValueError, LookupError) as error:
        raise InputRefusedError(Refusal("file_broken", file=file, value=str(error)[:80])) from error
    if local(found) != root:
        raise InputRefusedError(Refusal("driver_refused", file=file, value=local(found)[:40], limit=root))
    return found


def local(element: ET.Element) -> str:
    """Name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def children(element: ET.Element, *names: str) -> Iterator[ET.Element]:
    """Elements directly inside that have one of these names."""
    return (child for child in element if local(child) in names)


def child_text(element: ET.Element, name: str) -> str:
    """Text of the first element of that name directly inside, empty where there is none."""
    return next(((child.text or "").strip() for child in children(element, name)), "")
