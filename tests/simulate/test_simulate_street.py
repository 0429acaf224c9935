"""The simulated street is what its truth says, and the same every time."""

import hashlib
import json

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import Geod, Transformer

from lvgeo.imagery.registration import Patch, register
from lvgeo.simulate.boundaries import boundaries_path, boundaries_text
from lvgeo.simulate.ground import MARGIN_PX, draw_discs, lay_ground
from lvgeo.simulate.marks import is_marked, marks_of
from lvgeo.simulate.render import render_flight
from lvgeo.simulate.street import MONTHS, PIXEL_M, plan_street
from lvgeo.simulate.truth import canopy_truth, series_area_m2
from lvgeo.simulate.write import write_site


@pytest.fixture(scope="module")
def street():
    return plan_street(2024)


def site_of(street, scenario):
    return next(site for site in street.sites if site.scenario == scenario)


def test_the_committed_boundaries_are_what_the_code_makes():
    assert boundaries_path().read_text("utf-8") == boundaries_text()


def test_boundaries_are_23_valid_neighbours_that_say_they_are_synthetic():
    head = json.loads(boundaries_path().read_text("utf-8"))
    assert head["synthetic"] is True
    assert "模拟" in head["description"]
    frame = gpd.read_file(boundaries_path())
    assert frame.crs.to_epsg() == 4490
    assert len(frame) == 23
    assert frame["village_code"].is_unique
    assert frame["village_code"].str.fullmatch(r"\d{12}").all()
    assert "埔心村" in set(frame["village"])
    assert frame.geometry.is_valid.all()
    flat = frame.to_crs(4547).geometry
    assert flat.area.sum() == pytest.approx(shapely.union_all(flat.values).area, rel=1e-12)  # no overlap
    assert shapely.union_all(flat.values).geom_type == "Polygon"  # no gap parts it
    assert len(shapely.union_all(flat.values).interiors) == 0


def test_the_official_series_agrees_with_the_geodesic_area(street):
    """Two ways to the same area: 1e-4 m² on plots of 2 mu."""
    to_degrees = Transformer.from_crs(4547, 4490, always_xy=True)
    for site in street.sites:
        for planting in site.plantings:
            ring = shapely.transform(planting.ring, to_degrees.transform, interleaved=False)
            expected = abs(Geod(ellps="GRS80").geometry_area_perimeter(ring)[0])
            assert series_area_m2(ring) == pytest.approx(expected, abs=1e-4)


def test_a_hazy_flights_shift_is_recovered(street):
    site = max(street.sites, key=lambda s: max(f.haze for f in s.flights))
    ground = lay_ground(site, street.seed)
    first, hazy = site.flights[0], max(site.flights, key=lambda f: f.haze)
    pair = [render_flight(site, flight, ground, street.seed)[:3] for flight in (first, hazy)]
    seen = np.logical_and(*(p.max(axis=0) > 0 for p in pair))
    found = register([Patch(*(p.mean(axis=0, dtype=np.float32) for p in pair), seen)], PIXEL_M, 10.0)
    assert hazy.haze > 0.25
    assert found.row_estimate_px == pytest.approx(hazy.row_shift_px, abs=0.25)
    assert found.col_estimate_px == pytest.approx(hazy.col_shift_px, abs=0.25)


def test_crowns_cover_what_their_diameters_say():
    """Nine crowns of 1 m at 0.2 m: 9 × π/4 m². Anti-aliasing errs by a few per cent of each."""
    at = np.array([[20.3 + 20 * i, 20.7 + 20 * j] for i in range(3) for j in range(3)])
    cover, _ = draw_discs((90, 90), at, np.full(9, 2.5), np.ones(9))
    assert cover.sum() * 0.04 == pytest.approx(9 * np.pi / 4, rel=0.03)


def test_healthy_plots_grow_and_failed_ones_do_not(street):
    for scenario, least, most in (("good", 0.12, 0.30), ("failed", 0.0, 0.0)):
        site = site_of(street, scenario)
        shares = next(iter(canopy_truth(site, lay_ground(site, street.seed)).values()))
        assert least <= shares[MONTHS[-1]] - shares[MONTHS[0]] <= most
    forest = site_of(street, "forest")
    assert next(iter(canopy_truth(forest, lay_ground(forest, street.seed)).values()))[MONTHS[0]] > 0.5


def test_a_site_written_twice_is_the_same_bytes(street, tmp_path):
    site = site_of(street, "short")
    border = gpd.read_file(boundaries_path()).set_index("village_code").geometry[site.village_code]
    found = []
    for name in ("a", "b"):
        truth = write_site(site, border, tmp_path / name, street.seed)
        images = sorted((tmp_path / name / "imagery").rglob("*.tif"))
        found.append(([hashlib.sha256(path.read_bytes()).hexdigest() for path in images], truth))
    assert len(found[0][0]) == 4
    assert found[0] == found[1]


def test_marks_cover_the_crowns_that_stood_before_and_nothing_else(street):
    """Drawn by hand, within a tenth: polygons follow pixels' edges and are simplified by 0.15 m."""
    site = next(one for one in street.sites if is_marked(one))
    ground = lay_ground(site, street.seed)
    inside = ground.trees[MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX]
    marks = [(one["properties"]["class"], shapely.geometry.shape(one["geometry"])) for one in marks_of(site, ground)]
    drawn = sum(ring.area for word, ring in marks if word == "canopy")
    (frame,) = [ring for word, ring in marks if word == "other"]
    assert drawn == pytest.approx(float((inside >= 0.5).sum()) * PIXEL_M**2, rel=0.1)
    assert frame.area == pytest.approx(inside.size * PIXEL_M**2)


def test_another_seed_is_another_street(street):
    other = plan_street(1)
    assert other.sites[5].flights[1] != street.sites[5].flights[1]
