"""Colours that every eye tells apart, and that no state rests on alone."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from lvgeo.labels import CATALOGUE
from lvgeo.outputs.palette import FAMILIES, GAIN, GROUND, KEPT, LOSS, MARKS, SEVERITIES

# Machado, Oliveira, Fernandes 2009, severity 1.0, for linear RGB.
MACHADO = {
    "normal": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(colour):
    rgb = np.frombuffer(bytes.fromhex(colour[1:]), dtype=np.uint8) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab_as_seen(colour, eye):
    seen = (np.asarray(MACHADO[eye]) @ linear(colour)).clip(0, 1)
    return rgb2lab(np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055))


def nearest(colours, eye):
    """CIEDE2000 between the two that are most alike."""
    return min(
        float(deltaE_ciede2000(lab_as_seen(one, eye), lab_as_seen(other, eye)))
        for one, other in combinations(colours, 2)
    )


def luminance(colour):
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("eye", MACHADO)
@pytest.mark.parametrize("family", FAMILIES)
def test_any_two_states_are_told_apart(family, eye):
    assert nearest([MARKS[f"{family}_{state}"].colour for state in FAMILIES[family]], eye) >= 20


@pytest.mark.parametrize("eye", MACHADO)
def test_canopy_gained_lost_kept_and_open_ground_are_told_apart(eye):
    assert nearest([GAIN, LOSS, KEPT, GROUND], eye) >= 20


def test_the_check_can_fail():
    assert nearest(["#d73027", "#1a9850"], "deutan") < 20
    assert nearest([LOSS, "#969696"], "deutan") < 20


@pytest.mark.parametrize("family", FAMILIES)
def test_each_state_has_its_own_word_icon_and_dash(family):
    codes = [f"{family}_{state}" for state in FAMILIES[family]]
    assert len({MARKS[code].icon for code in codes}) == len({MARKS[code].dash for code in codes}) == len(codes)
    assert len({CATALOGUE[code] for code in codes}) == len(codes)


@pytest.mark.parametrize("mark", [*MARKS.values(), *SEVERITIES.values()])
def test_icons_stand_out(mark):
    light, dark = sorted((luminance(mark.colour), luminance(mark.ink)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3  # WCAG 2, graphics
