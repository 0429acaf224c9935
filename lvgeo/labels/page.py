"""Words of the console, the map and the tables' headings that are not columns."""

from __future__ import annotations

from typing import Final

__all__ = ["WORDS"]

WORDS: Final[dict[str, tuple[str, str]]] = {
    "kind_village": ("村", "village"),
    "kind_community": ("社区", "community"),
    "severity_error": ("错误", "error"),
    "severity_warning": ("警告", "warning"),
    "severity_info": ("提示", "info"),
}
