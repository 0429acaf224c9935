"""Plan a street: who plants what, how it grows, who flies when and how badly; the truth that a run is held against."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal

import geopandas as gpd
import numpy as np
import shapely

from lvgeo.simulate.boundaries import boundaries_path

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FLOWN", "MONTHS", "PIXEL_M", "SIZE_PX", "Flight", "Planting", "Scenario", "Site", "Street", "plan_street"]

PIXEL_M: Final = 0.2
SIZE_PX: Final = 620
MONTHS: Final = ("2024-01", "2024-03", "2024-08", "2024-09")
FLOWN: Final = (date(2024, 1, 20), date(2024, 3, 20), date(2024, 8, 21), date(2024, 9, 23))
GROWN: Final = (0.0, 0.06, 0.72, 0.92)  # share of the season's growth that stands at each flight
SPACING_M: Final = 2.0

Scenario = Literal[
    "good", "failed", "short", "borderline", "no_plots", "overlap", "straddle", "forest", "gcj02",
    "trees_met", "trees_short",
]  # fmt: skip
# In the order of `boundaries.NAMES`: five communities, then the villages, the demonstration village first.
SCENARIOS: Final[tuple[Scenario, ...]] = (
    "trees_met", "trees_met", "trees_met", "trees_short", "trees_short",
    "good", "good", "good", "good", "good", "failed", "short", "good", "borderline", "good", "no_plots", "failed",
    "forest", "short", "good", "gcj02", "straddle", "overlap",
)  # fmt: skip
REGISTERED: Final = {0: 182, 1: 156, 2: 164, 3: 90, 4: 131}  # trees of each community
SIDES_M: Final[dict[str, tuple[float, float]]] = {
    "good": (38.5, 37.5),
    "failed": (38.0, 38.0),
    "short": (34.0, 31.0),
    "borderline": (36.8, 36.6),
    "forest": (38.0, 37.0),
    "gcj02": (38.0, 38.0),
}
MISSING: Final = {(9, "2024-08")}  # place and month of the flight that never came
HAZY: Final = {(7, "2024-09"), (14, "2024-08")}
FLOWERY: Final = "205"  # end of the code of the village that planted for colour alone
AVENUES: Final = {0: 0.0, 1: 1.5}  # community with placed trees → metres by which its crowns were wider than saplings
AVENUE_M: Final = 4.0  # between its trees
LAGGING: Final = frozenset({"short", "no_plots", "forest", "trees_short"})


@dataclass(frozen=True, slots=True, eq=False)
class Planting:
    """One plot as it was really planted.

    Parameters
    ----------
    plot_id, village_code
        Which.
    ring
        Boundary, EPSG:4547.
    planted_on, species, declared_mu, survival
        As on paper, and as on the ground.
    stems
        (n, 2) x, y of living stems, EPSG:4547.
    crowns_m
        (month, n) crown diameters.
    gcj02
        Whether its boundary was drawn on a shifted web map.
    """

    plot_id: str
    village_code: str
    ring: shapely.Polygon
    planted_on: date
    species: str
    declared_mu: float
    survival: float
    stems: NDArray[np.float64]
    crowns_m: NDArray[np.float64]
    gcj02: bool = False


@dataclass(frozen=True, slots=True)
class Flight:
    """One flight over one site.

    Parameters
    ----------
    month
        ``YYYY-MM``.
    day
        Of the flight.
    row_shift_px, col_shift_px
        By how much the file's content lies down and right of its true place.
    gain, gamma
        Per band, and tone.
    haze
        0 to 1.
    sun_px
        Rows and columns that a shadow falls for each metre of height.
    collar
        ``alpha``, ``black`` or ``none``.
    """

    month: str
    day: date
    row_shift_px: float
    col_shift_px: float
    gain: tuple[float, float, float]
    gamma: float
    haze: float
    sun_px: tuple[float, float]
    collar: Literal["alpha", "black", "none"]


@dataclass(frozen=True, slots=True)
class Site:
    """A village or community, its planting and its flights.

    An avenue is of single trees on a community's ground, registered one by one and no plot.
    """

    place: int
    village_code: str
    village: str
    kind: str
    scenario: Scenario
    west: float
    north: float
    plantings: tuple[Planting, ...]
    flights: tuple[Flight, ...]
    registered_trees: int
    avenue: Planting | None = None

    @property
    def planted(self) -> tuple[Planting, ...]:
        """Everything that was planted, on plots or not."""
        return (*self.plantings, *((self.avenue,) if self.avenue else ()))

    @property
    def lagging(self) -> bool:
        """Whether it lags on the registers."""
        return self.scenario in LAGGING


@dataclass(frozen=True, slots=True)
class Street:
    """All sites, by village code."""

    seed: int
    sites: tuple[Site, ...]

    @property
    def settings(self) -> dict[str, dict[str, Any]]:
        """What this street's campaign.toml says otherwise than the defaults.

        The office planted potted stock at 2 × 2 m: larger at planting, and established sooner. `index` reads the images
        at their own pixels, so that shifts can be held against the truth to a part of one.
        """
        return {
            "imagery": {"model": "index"},
            "species": {"growth": {"fast": ("秋枫", "小叶榄仁", "木棉")}},
            "growth": {
                "spacing_m": (SPACING_M, SPACING_M),
                "establishment_months": (0, 3),
                "fast": {"crown_m": (0.45, 0.6), "growth_m": (0.45, 0.7)},
            },
        }


def plan_street(seed: int) -> Street:
    """Draw a street.

    Parameters
    ----------
    seed
        The same seed gives the same street.
    """
    frame = gpd.read_file(boundaries_path(), engine="pyogrio").to_crs(4547)
    shapes = dict(zip(frame["village_code"], frame.geometry, strict=True))
    names = frame.set_index("village_code")
    codes = sorted(shapes)
    pair = (codes[-2], codes[-1]) if shapes[codes[-2]].touches(shapes[codes[-1]]) else _neighbours(shapes, codes)
    sites = []
    for place, code in enumerate(codes):
        rng = np.random.default_rng([seed, place])
        scenario = SCENARIOS[place]
        middle, angle = _middle(code, scenario, shapes, pair, rng)
        rings = _rings(scenario, middle, angle)
        plantings = tuple(_planting(f"{code}-P{n}", code, scenario, ring, rng) for n, ring in enumerate(rings, start=1))
        # Pilots do not centre on the plot; what lies beside it is what it can be compared with.
        off = rng.choice([-1.0, 1.0], 2) * rng.uniform(12.0, 18.0, 2)
        west = round((middle.x + off[0] - SIZE_PX * PIXEL_M / 2) / PIXEL_M) * PIXEL_M
        north = round((middle.y + off[1] + SIZE_PX * PIXEL_M / 2) / PIXEL_M) * PIXEL_M
        flights = tuple(_flight(place, n, rng) for n in range(len(MONTHS)))
        kept = tuple(flight for flight in flights if (place, flight.month) not in MISSING)
        name, kind = str(names.loc[code, "village"]), str(names.loc[code, "kind"])
        avenue = _avenue(code, middle, seed, place) if place in AVENUES else None
        count = REGISTERED.get(place, 0)
        sites.append(Site(place, code, name, kind, scenario, west, north, plantings, kept, count, avenue))
    return Street(seed, tuple(sites))


def _neighbours(shapes: dict[str, shapely.Polygon], codes: list[str]) -> tuple[str, str]:
    """Return the straddling village and the neighbour with which it shares the longest border."""
    first = codes[SCENARIOS.index("straddle")]
    second = codes[SCENARIOS.index("overlap")]
    if shapes[first].intersection(shapes[second]).length > 0:
        return first, second
    message = f"{first} and {second} do not touch: the sample boundaries were changed without the scenarios"
    raise ValueError(message)


def _middle(
    code: str,
    scenario: Scenario,
    shapes: dict[str, shapely.Polygon],
    pair: tuple[str, str],
    rng: np.random.Generator,
) -> tuple[shapely.Point, float]:
    """Where a site lies and how it is turned; the pair lies on its shared border, turned along it."""
    if scenario not in {"straddle", "overlap"}:
        return shapely.Point(shapes[code].representative_point()), float(rng.uniform(-0.3, 0.3))
    border = shapely.line_merge(shapes[pair[0]].intersection(shapes[pair[1]]))
    longest = max(shapely.get_parts(border), key=lambda line: line.length)
    at = longest.interpolate(0.5, normalized=True)
    a, b = (longest.interpolate(0.5 + d, normalized=True) for d in (-0.02, 0.02))
    angle = math.atan2(b.y - a.y, b.x - a.x)
    towards = shapes[pair[1]].centroid
    if -math.sin(angle) * (towards.x - at.x) + math.cos(angle) * (towards.y - at.y) < 0:
        angle += math.pi
    return at, angle


def _rings(scenario: Scenario, middle: shapely.Point, angle: float) -> list[shapely.Polygon]:
    """Return plots of a site; x runs along its angle."""
    if scenario == "straddle":
        corners = [(-23.0, -39.0), (23.0, -39.0), (23.0, 8.0), (-23.0, 8.0)]
    elif scenario == "overlap":
        corners = [(-21.0, 4.5), (21.0, 4.5), (21.0, 45.0), (-21.0, 45.0)]
    elif scenario in SIDES_M:
        x, y = (side / 2 for side in SIDES_M[scenario])
        corners = [(-x, -y), (x, -y), (x, y), (-x, y)]
    else:
        return []
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    placed = np.array(corners) @ turn.T + [middle.x, middle.y]
    return [shapely.Polygon(np.round(placed, 3))]


def _planting(plot_id: str, code: str, scenario: Scenario, ring: shapely.Polygon, rng: np.random.Generator) -> Planting:
    stems = _stems(ring, rng)
    survival = 0.0 if scenario == "failed" else float(rng.uniform(0.90, 0.97))
    stems = stems[rng.random(len(stems)) < survival]
    start = rng.uniform(0.45, 0.60, len(stems))
    season = rng.uniform(0.48, 0.62) + rng.normal(0.0, 0.05, len(stems))
    crowns = np.stack([np.zeros(len(stems)), *(start + season * grown for grown in GROWN[1:])])
    day = date(2024, 2, 3) if code.endswith("201") else date(2024, 2, int(rng.integers(18, 29)))
    declared = round(ring.area * 3 / 2000 + (0.4 if scenario == "short" else 0.0), 2)
    species = "秋枫" if rng.random() < 0.5 else "小叶榄仁"  # noqa: PLR2004 - a coin
    if code.endswith(FLOWERY):
        species = "木棉"
    return Planting(plot_id, code, ring, day, species, declared, survival, stems, crowns, scenario == "gcj02")


def _avenue(code: str, middle: shapely.Point, seed: int, place: int) -> Planting:
    """As many trees as are registered, all alive, in rows around a community's middle."""
    rng = np.random.default_rng([seed, place, 7])
    count = REGISTERED[place]
    wide = math.ceil(math.sqrt(count))
    at = np.stack(np.divmod(np.arange(count), wide)[::-1], axis=1) - (wide - 1) / 2
    stems = at * AVENUE_M + [middle.x, middle.y] + rng.normal(0.0, 0.1, at.shape)
    start, season = AVENUES[place] + rng.uniform(0.45, 0.60, count), rng.uniform(0.48, 0.62, count)
    crowns = np.stack([np.zeros(count), *(start + season * grown for grown in GROWN[1:])])
    ring = shapely.MultiPoint(stems).convex_hull.buffer(AVENUE_M / 2, join_style="mitre")
    return Planting(f"{code}-A", code, ring, date(2024, 2, 20), "", 0.0, 1.0, stems, crowns)


def _stems(ring: shapely.Polygon, rng: np.random.Generator) -> NDArray[np.float64]:
    """Rows along the plot's first side, half a spacing from its edges, each stem a hand's breadth off."""
    corners = shapely.get_coordinates(ring)[:4]
    along, across = corners[1] - corners[0], corners[3] - corners[0]
    length, width = float(np.hypot(*along)), float(np.hypot(*across))
    u = np.arange(SPACING_M / 2, length - SPACING_M / 4, SPACING_M) / length
    v = np.arange(SPACING_M / 2, width - SPACING_M / 4, SPACING_M) / width
    grid = np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2)
    placed = corners[0] + grid[:, :1] * along + grid[:, 1:] * across
    found: NDArray[np.float64] = placed + rng.normal(0.0, 0.08, placed.shape)
    return found


def _flight(place: int, number: int, rng: np.random.Generator) -> Flight:
    """Baselines lie true; later flights are off by up to 2.4 m, in another light."""
    month = MONTHS[number]
    drawn = rng.uniform(-12.0, 12.0, 2)
    # Every fourth flight is off by whole pixels, the others by parts of one too.
    shift = (0.0, 0.0) if number == 0 else tuple(float(v) for v in (drawn.round() if place % 4 == 0 else drawn))
    red, green, blue = (float(v) for v in rng.uniform(0.88, 1.12) * rng.uniform(0.96, 1.04, 3))
    haze = float(rng.uniform(0.28, 0.34)) if (place, month) in HAZY else float(rng.uniform(0.0, 0.10))
    turn, reach = rng.uniform(-0.5, 0.5), rng.uniform(2.0, 4.0)
    collar: Literal["alpha", "black", "none"] = ("none", "alpha", "black")[(place + number) % 3]
    return Flight(
        month, FLOWN[number], shift[0], shift[1], (red, green, blue), float(rng.uniform(0.92, 1.08)), haze,
        (-reach * math.cos(turn), reach * math.sin(turn)), collar,
    )  # fmt: skip
