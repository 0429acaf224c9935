"""A map's background from the network: off by default, and never one whose datum is shifted."""

from __future__ import annotations

import re
from typing import Final

from pydantic import Field, model_validator

from lvgeo.campaign.table import Table

__all__ = ["MapTable"]

_SHIFTED: Final = (
    "amap", "gaode", "autonavi", "高德", "tencent", "qq", "腾讯", "baidu", "百度", "google", "谷歌",
)  # fmt: skip
# name → tile address, credit, finest level; both lie true: CGCS2000 and WGS 84 differ by less than a metre.
_BASEMAPS: Final = {
    "tianditu": (
        "https://t0.tianditu.gov.cn/img_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=img&STYLE=default"
        "&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={key}",
        "天地图",
        18,
    ),
    "osm": ("https://tile.openstreetmap.org/{z}/{x}/{y}.png", "© OpenStreetMap contributors", 19),
}


class MapTable(Table):
    """[map]: a background from the network, for offices that want one and may ask for it."""

    basemap: str = Field("", description="联网底图，空为不联网：tianditu（要密钥）| osm；高德、腾讯、百度有偏移，不用")
    basemap_key: str = Field("", description="天地图密钥；会写进地图文件，打开的人都看得到")
    basemap_credit: str = Field("", description="底图署名和审图号；空为来源自己的署名")

    @model_validator(mode="after")
    def _basemap_lies_right(self) -> MapTable:
        name = self.basemap.strip().lower()
        if any(shifted in name for shifted in _SHIFTED):
            message = "GCJ-02 or BD-09: it lies 0.5 to 1.3 km off (坐标有偏移，会错到邻村); use tianditu or osm"
            raise ValueError(message)
        if name and name not in _BASEMAPS:
            message = " | ".join(_BASEMAPS)
            raise ValueError(message)
        if name == "tianditu" and not re.fullmatch(r"[0-9A-Za-z]{8,64}", self.basemap_key):
            message = "tianditu needs basemap_key (天地图需要密钥), letters and digits"
            raise ValueError(message)
        return self

    def served(self) -> tuple[str, str, int] | None:
        """Return a tile's address, whose it is and the finest level; None where nothing is asked of the network.

        Examples
        --------
        >>> MapTable().served() is None, MapTable(basemap="osm").served()[0]
        (True, 'https://tile.openstreetmap.org/{z}/{x}/{y}.png')
        """
        if not self.basemap:
            return None
        url, credit, finest = _BASEMAPS[self.basemap.strip().lower()]
        return url.replace("{key}", self.basemap_key), self.basemap_credit or credit, finest
