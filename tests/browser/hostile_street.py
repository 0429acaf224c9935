"""A street whose every text is an attack, with images whose colour says which month they are of."""

from __future__ import annotations

import numpy as np
import shapely
from affine import Affine
from rasterio.crs import CRS

from lvgeo.outputs.map import MapClasses, MapImage, MapMonth, MapPage, MapPlot, MapVillage
from lvgeo.outputs.map_values import MapTransfer

PAYLOADS = (
    "<img src=x onerror=window.pwned=1>",
    "</script><script>window.pwned=1</script>",
    "${window.pwned=1}",
    "`+(window.pwned=1)+`",
    "'\"-(window.pwned=1)-\"'",
    "&lt;b&gt;{{ 7*7 }}{% endraw %}",
    "</style><script>window.pwned=1</script>",
    "javascript:window.pwned=1",
)
EVERYTHING = " ".join(PAYLOADS)
SIDE_M = 128.0
WEST, NORTH = 500000.0, 2560000.0
DEGREES_A_METRE = 1.0 / 111_000.0
RED, GREEN, BLUE = (180, 60, 60), (60, 160, 60), (60, 60, 200)
MONTHS = ("2024-01", "2024-05", "2024-08")
STATES = ("on_track", "lagging", "inconclusive", "not_assessed", "lagging")


def make_page(language="zh", texts=PAYLOADS, title=EVERYTHING):
    """Five villages in a row; the second and the fifth lag, the fifth for longer."""
    names = [f"{number}号 {texts[number % len(texts)]}" for number in range(5)]
    villages = tuple(make_village(number, name, texts) for number, name in enumerate(names))
    plots = tuple(make_plot(number, villages[number], texts) for number in range(5))
    return MapPage(
        title=title,
        month="2024-08",
        baseline="2024-01",
        language=language,
        secrecy_note=texts[0],
        generated_on="2024-09-01",
        crs_note=texts[-1],
        villages=villages,
        plots=plots,
        transfers=make_transfers(villages, texts),
    )


def make_transfers(villages, texts):
    """Two species from the first village to the third, one from a nursery a text to the fifth, one from nowhere."""
    first, third, fifth = villages[0], villages[2], villages[4]
    start, middle, end = (one.geometry.centroid.coords[0] for one in (first, third, fifth))
    nurseries = [(text, (start[0] - 0.002, start[1] + 0.001 * n)) for n, text in enumerate(dict.fromkeys(texts), 1)]
    return (
        MapTransfer(texts[0], 40, first.name, third.code, third.name, 284.2, start, middle),
        MapTransfer(texts[1 % len(texts)], 10, first.name, third.code, third.name, 284.2, start, middle),
        *(MapTransfer(text, 5, text, fifth.code, fifth.name, 2750.0, nursery, end) for text, nursery in nurseries),
        MapTransfer(texts[0], 7, texts[0], first.code, first.name, None, None, start),
    )


def make_village(number, name, texts):
    x, y = corner(number)
    state = STATES[number]
    change = {
        "month": "2024-08",
        "adjusted_change_pp": -1.5 + number,
        "interval_low_pp": -3.0 + number,
        "interval_high_pp": 0.5 + number,
        "required_pp": 4.0,
        "verdict": state,
        "streak": 2 if number == 4 else 0,
        "notices": 2 if number == 4 else 1 if state == "lagging" else 0,
        "reason": " ".join(texts),
        "model": texts[2 % len(texts)],
        "basis": "canopy",
    }
    status = "meets" if number else "borderline"
    area = {
        "status": status,
        "area_mu": 2.5,
        "required_mu": 2.0,
        "plots": 1,
        "issues": texts[1 % len(texts)],
    }
    images = () if number == 3 else tuple(map(make_image, (number,) * 3, MONTHS, (RED, GREEN, BLUE)))
    shape = shapely.box(x, y, x + SIDE_M * DEGREES_A_METRE, y + SIDE_M * DEGREES_A_METRE)
    code = f"44130200120{number}"
    return MapVillage(
        code,
        name,
        "village",
        shape,
        area,
        change,
        images,
        texts[3 % len(texts)] if number == 4 else "",
        months=tuple(MapMonth(month, state, -3.0 + n, -1.0 + n, 1.0 + n, 4.0) for n, month in enumerate(MONTHS)),
        classes=tuple(make_classes(number, month) for month in MONTHS) if number != 3 else (),
    )


def make_plot(number, village, texts):
    centre = village.geometry.centroid
    shape = centre.buffer(20 * DEGREES_A_METRE, cap_style="square")
    status = ("error", "warning", "info", "", "")[number]
    text = texts[number % len(texts)]
    return MapPlot(f"{village.code}-{text}", village.code, shape, status, {text: text, "area_m2": 1600.0}, (text,))


def make_image(number, month, colour):
    """Plain ground whose north-west quarter was not seen."""
    x, y = corner(number)
    step = SIDE_M * DEGREES_A_METRE / 64
    rgb = np.broadcast_to(np.array(colour, dtype=np.uint8), (64, 64, 3)).copy()
    seen = np.ones((64, 64), dtype=bool)
    seen[:16, :16] = False
    return MapImage(month, rgb, seen, Affine(step, 0, x, 0, -step, y + 64 * step), CRS.from_epsg(4326))


def make_classes(number, month):
    """Canopy in the north in the first month, in the west in the second, everywhere in the third; rest other ground."""
    x, y = corner(number)
    step = SIDE_M * DEGREES_A_METRE / 64
    classes = np.ones((64, 64), dtype=np.uint8)
    classes[{"2024-01": np.s_[:32, :], "2024-05": np.s_[:, :32], "2024-08": np.s_[:, :]}[month]] = 2
    return MapClasses(month, classes, Affine(step, 0, x, 0, -step, y + 64 * step), CRS.from_epsg(4326))


def corner(number):
    """West and south edge, degrees."""
    return 114.0 + number * SIDE_M * DEGREES_A_METRE, 23.1
