"""What lies in the folders of imagery beside the months: months are found by their names, and all else is named."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from lvgeo.errors import Refusal
from lvgeo.monthly.image_folder import holds_more, is_geotiff, together
from lvgeo.units import Month

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lvgeo.campaign.folder import CampaignFolder

__all__ = ["months_of", "outside_months"]


def months_of(layout: CampaignFolder) -> list[Month]:
    """Months that have a folder of images, sorted."""
    named = (_month(path) for place in layout.imagery_roots for path in _within(place))
    return sorted({month for month in named if month is not None})


def outside_months(layout: CampaignFolder) -> list[Refusal]:
    """Name what lies beside the months' folders and is not read: folders whose name is no month, and files.

    What belongs to an image, hidden files, empty folders and other inputs of the campaign are not named.

    Parameters
    ----------
    layout
        Of the campaign.
    """
    own = {place.resolve() for place in (layout.root, *layout.rows, layout.canopy, layout.out("check"))}
    # Of what lies in a folder that holds other inputs too, none can be told from images that went astray.
    roots = dict.fromkeys(place for place in layout.imagery_roots if place.resolve() not in own)
    return list(chain.from_iterable(_outside(root, own) for root in roots))


def _outside(root: Path, own: set[Path]) -> Iterator[Refusal]:
    beside = sorted(path for path in _within(root) if _month(path) is None and not _is_others(path, own))
    held = [path for path in beside if is_geotiff(path) or holds_more(path)]
    yield from (Refusal("month_folder", file=str(path), value=path.name) for path in held if path.is_dir())
    yield from together("image_monthless", root, [path for path in held if not path.is_dir()])


def _is_others(path: Path, own: set[Path]) -> bool:
    """Whether it is another input, holds one, or is a part of one: a shapefile is many files of one stem."""
    place = path.resolve()
    stems = {one.with_suffix("") for one in own} if path.is_file() else set()
    return place.with_suffix("") in stems or any(one.is_relative_to(place) for one in own)


def _within(place: Path) -> list[Path]:
    return list(place.iterdir()) if place.is_dir() else []


def _month(path: Path) -> Month | None:
    """Month that a folder is named as, None where it is written otherwise: images are looked for in `2024-09` alone."""
    try:
        found = Month.parse(path.name)
    except ValueError:
        return None
    return found if str(found) == path.name else None  # ` 2024-09` and full-width digits are a month to people
