"""Three hundred hostile names, as villages, plots and codes: no path leaves the output folder."""

import json
from datetime import date

import pytest

import lvgeo

PARTS = (
    "..", "../..", "..\\..", "/etc/passwd", "C:\\Windows", "CON", "NUL", "COM1", "a/b", "a\\b", "a:b", "~", "$HOME",
    "%TEMP%", "\u202egpj.exe", "a\x01b", " .", "name.", "村" * 90, "%2e%2e%2f", "-rf", "|x", "`x`", "*?",
    "\uff0e\uff0e\uff0f",
)  # fmt: skip
NAMES = tuple(
    f"{before}{part}{after}" for part in PARTS for before in ("", "/", "x/../") for after in ("", "/x", ".html", "\\..")
)


def layer(path, features):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")


def square(number, side, **properties):
    x, y = 114.4 + number % 20 * 0.002, 23.0 + number // 20 * 0.002
    ring = [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def test_no_path_leaves_the_output_folder(tmp_path):
    from lvgeo.monthly.start import init

    assert len(NAMES) == 300
    root = tmp_path / "outer" / "street"
    init(root)
    codes = [f"44139900{number + 1000:04d}" for number in range(300)]
    layer(root / "boundaries" / "villages.geojson", [
        *(square(n, 0.0019, village_code=code, village=name, kind="village")
          for n, (code, name) in enumerate(zip(codes, NAMES, strict=True))),
        *(square(n + 300, 0.0019, village_code=name, village=name, kind="village") for n, name in enumerate(NAMES)),
    ])  # fmt: skip
    layer(root / "plots" / "plots.geojson", [
        square(n, 0.0005, plot_id=name, village_code=code, species=name)
        for n, (code, name) in enumerate(zip(codes, NAMES, strict=True))
    ])  # fmt: skip
    before = {path for path in tmp_path.rglob("*") if path.is_file()}

    result = lvgeo.check(root)

    new = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    out = root / "out" / "check"
    assert {path.name for path in new if path.parent == out} >= {"area_compliance.csv", "results.gpkg", "run.json"}
    assert {path.parent for path in new if not path.name.startswith(".lvgeo")} == {out}
    assert len(result.area_compliance) == 300  # hostile codes are refused, by name
    assert len(result.left_out) >= 300


@pytest.mark.slow
def test_no_path_of_a_month_and_its_map_folder_leaves_it_either(tmp_path):
    """Dossiers and the folder's scripts are named by code, whatever the names are."""
    from lvgeo.monthly.start import init

    root = tmp_path / "outer" / "street"
    init(root)
    names = NAMES[::4]
    codes = [f"44139900{number + 1000:04d}" for number in range(len(names))]
    layer(root / "boundaries" / "villages.geojson", [
        square(n, 0.0019, village_code=code, village=name, kind="village")
        for n, (code, name) in enumerate(zip(codes, names, strict=True))
    ])  # fmt: skip
    before = {path for path in tmp_path.rglob("*") if path.is_file()}

    lvgeo.month(root, "2024-08", on=date(2024, 9, 2))
    lvgeo.draw_map(root, "2024-08", as_folder=True)

    out = root / "out" / "2024-08"
    new = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    assert {path for path in new if root not in path.parents} == set()
    assert sorted(path.name for path in (out / "evidence").iterdir()) == [f"{code}.html" for code in codes]
    assert sorted(path.name for path in (out / "map" / "data").iterdir()) == [f"{code}.js" for code in codes]
