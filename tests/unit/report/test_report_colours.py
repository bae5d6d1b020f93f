"""Colours can be told apart by people who lack one kind of cones.

How they see is simulated after Machado, Oliveira and Fernandes (IEEE Trans. Vis. Comput. Graph.
15:1291, 2009), with the matrices that they publish for the full deficiency; what differs is
measured in CIELAB, where about 2.3 can just be noticed.
"""

import itertools

import numpy as np
import pytest

from tryptome.report.figures.accounting import SHADES
from tryptome.report.figures.style import DOWN, GROUPS, IN_THE_DARK, UP

LACKING = {
    "nothing": np.eye(3),
    "red": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "green": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "blue": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}

TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = TO_XYZ.sum(axis=1)


def linear(colour):
    parts = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(parts):
    told = TO_XYZ @ np.clip(parts, 0, 1) / WHITE
    x, y, z = np.where(told > (6 / 29) ** 3, np.cbrt(told), told / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def least_difference(colours, seen):
    shown = [lab(np.asarray(seen) @ linear(colour)) for colour in colours]
    return min(np.linalg.norm(one - other) for one, other in itertools.combinations(shown, 2))


@pytest.mark.parametrize("lacking", LACKING)
@pytest.mark.parametrize(
    ("colours", "least"),
    [
        (GROUPS, 15),
        ([IN_THE_DARK[colour] for colour in GROUPS], 12),
        ((UP, DOWN), 80),
        (list(SHADES.values()), 10),
    ],
    ids=["groups", "groups in the dark", "signs", "tiers"],
)
def test_colours_differ_for_everyone(colours, least, lacking):
    assert least_difference(colours, LACKING[lacking]) > least


def test_colours_of_groups_stand_out_from_the_paper():
    """WCAG's 3 to 1 for what is drawn, by its formula."""
    luminance = [0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in map(linear, GROUPS)]
    assert 1.05 / (max(luminance) + 0.05) > 3


def test_alike_colours_are_noticed():
    """Orange and dark yellow, which were taken until they were simulated, are one without red."""
    assert least_difference(["#d55e00", "#8a6d00"], LACKING["red"]) < 3
