"""The empty page: folium's map, Leaflet inlined, the viewer, and a policy that lets nothing else run.

folium makes the page and the map object, so that the page stays what a folium user expects (``map_lvgeo`` is a Leaflet
map); it draws no data. What folium writes for a layer, a tooltip or a popup carries names into script text, where 28 of
36 ways that were tried let a hostile name run. Here the scripts are rendered and hashed before a word of the campaign
enters the page; the data stands in a JSON block, and the viewer shows it as text.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from importlib.metadata import distribution
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import folium
from branca.element import Element

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["VIEWER", "Shell", "read_shell"]

VIEWER: Final = ("kit", "ground", "pictures", "change", "flows", "list", "charts", "card", "frame")
"""The viewer, in the order in which its parts need each other."""
_TITLE: Final = "@@lvgeo-title@@"
_DATA: Final = "@@lvgeo-data@@"
_POLICY: Final = "@@lvgeo-policy@@"
_LEAFLET: Final = "xstatic/pkg/leaflet/data"
_VIEWPORT: Final = '<meta name="viewport" content="width=device-width, initial-scale=1">'
_NO_MANGLING: Final = '<meta name="format-detection" content="telephone=no">'  # phones make links of 12 digits


@dataclass(frozen=True, slots=True)
class Shell:
    """A page with two gaps.

    Parameters
    ----------
    head, middle, tail
        What comes before the title, between title and data, and after the data.
    """

    head: str
    middle: str
    tail: str

    def filled(self, title: str, data: str) -> str:
        """Return the page; both texts are already escaped for where they go."""
        return "".join((self.head, title, self.middle, data, self.tail))


class _OfflineMap(folium.Map):
    """A folium map that asks the network for nothing, with the same name in every page."""

    default_js: Any = []  # noqa: RUF012 - folium reads them from the class
    default_css: Any = []  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__(tiles=None, zoom_snap=0.25, zoom_delta=0.5, attribution_control=False)
        self._id = "lvgeo"  # folium's own ids are random: two runs would differ


def read_shell(basemap: str = "", *, beside: bool = False) -> Shell:
    """Build the empty page; it holds nothing of any campaign, and is the same every time.

    Parameters
    ----------
    basemap
        Address of a background's tiles: its host, and no other, may send pictures. Empty for none.
    beside
        Whether scripts and tiles in the page's own folder may be loaded.

    Examples
    --------
    >>> shell = read_shell()
    >>> shell == read_shell(), "https://cdn" in shell.head + shell.middle + shell.tail
    (True, False)
    """
    page = _rendered()
    near = _BESIDE if beside else ""
    policy = (
        f"default-src 'none'; img-src data:{near}{_host(basemap)}; base-uri 'none'; form-action 'none'; "
        f"script-src {_hashes(page, 'script')}{near}; style-src {_hashes(page, 'style')}"
    )
    head, _, rest = page.replace(_POLICY, policy).partition(_TITLE)
    middle, _, tail = rest.partition(_DATA)
    return Shell(head, middle, tail)


_BESIDE: Final = " 'self' file:"  # 'self' where a server hands it out, file: where it is opened from a disk


def _host(url: str) -> str:
    parts = urlsplit(url)
    return f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _rendered() -> str:
    chart = _OfflineMap()
    figure: Any = chart.get_root()  # branca types it as a bare element
    figure.title = _TITLE
    _add(figure.header, f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">')
    _add(figure.header, f"<style>{_leaflet_css()}</style>")
    _add(figure.header, f"<script>{_script(_leaflet_file('leaflet.js').read_text('utf-8'))}</script>")
    figure.render()  # now, so that what follows outranks what folium says about the same
    _add(figure.header, _VIEWPORT + _NO_MANGLING)
    _add(figure.header, f"<style>{_page_file('viewer.css')}</style>")
    _add(figure.html, _page_file("body.html"))
    _add(figure.html, f'<script type="application/json" id="lv-data">{_DATA}</script>')
    page: str = figure.render()
    before, end, after = page.rpartition("</html>")
    viewer = "".join(f"<script>{_script(_page_file(f'{name}.js'))}</script>\n" for name in VIEWER)
    return f"{before}{viewer}{end}{after}"  # last: folium's own script, which makes the map, stands above


def _add(parent: Element, text: str) -> None:
    # branca takes every element for a Jinja template; the braces of scripts and styles are not ours to expand.
    parent.add_child(Element(f"{{% raw %}}{text}{{% endraw %}}"))


def _script(code: str) -> str:
    """Make code safe to stand inside a script element, and drop the pointer to a map that is not there."""
    return re.sub(r"//# sourceMappingURL=\S+", "", code).replace("</script", "<\\/script")


def _leaflet_css() -> str:
    return re.sub(r"url\((images/[\w.-]+)\)", _data_uri, _leaflet_file("leaflet.css").read_text("utf-8"))


def _data_uri(found: re.Match[str]) -> str:
    encoded = base64.b64encode(_leaflet_file(found[1]).read_bytes()).decode("ascii")
    return f"url(data:image/png;base64,{encoded})"


def _leaflet_file(name: str) -> Path:
    # By the package's record, not by import: its namespace package leans on a .pth file that Python is giving up.
    return Path(str(distribution("XStatic-Leaflet").locate_file(f"{_LEAFLET}/{name}")))


def _page_file(name: str) -> str:
    return (files("lvgeo.outputs") / "page" / name).read_text("utf-8")


def _hashes(page: str, tag: str) -> str:
    contents: Iterable[str] = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
    digests = (hashlib.sha256(text.encode("utf-8")).digest() for text in contents)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode('ascii')}'" for digest in digests)
