"""Figures look as they did when they were last looked at.

Each figure of the made-up cohort is drawn with few dots, for two columns and for one, and
compared with its picture in `figures/`.
The tolerance is the root mean square difference of Matplotlib's `compare_images`, over all
pixels, of 255 levels: anti-aliasing of another FreeType stays under it, a moved mark does not.
After a change on purpose: set TRYPTOME_DRAW_FIGURES=1, run this file, look at the pictures.
"""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import make, ordination_rows
from matplotlib.image import imread
from matplotlib.testing.compare import compare_images
from test_report_sensitivity import medians, specifications

from tryptome.report import pictures
from tryptome.report.content import Content
from tryptome.report.figures.style import DOUBLE, SINGLE, UP, drawing

KEPT = Path(__file__).parent / "figures"
DOTS = {DOUBLE: 60, SINGLE: 90}
TOLERANCE = 3.0
NAMES = sorted(path.relative_to(KEPT).with_suffix("").as_posix() for path in KEPT.rglob("*.png"))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory, crossover, design):
    folder = tmp_path_factory.mktemp("figures")
    content = with_all_figures(make(folder / "cohort", crossover, **design))
    found = {picture.name: picture for picture in pictures.draw(content)}
    found |= {f"single/{picture.name}": picture for picture in pictures.draw_single(content)}
    for picture in found.values():
        with drawing(picture.layout):
            # As it is laid out for good where it is saved: a second time may move what lies in it.
            picture.figure.draw_without_rendering()
            picture.figure.set_layout_engine("none")
    if os.environ.get("TRYPTOME_DRAW_FIGURES"):
        for name, picture in found.items():
            _write(picture, KEPT / f"{name}.png")
    return found


def with_all_figures(made):
    """What the page shows of a cohort, with the tables of two more figures."""
    curves = [specifications(name, 0.2, 0.01) for name in made.settings["contrast_settings"]]
    given = made.content()
    results = replace(
        given.results,
        specifications=pd.concat(curves, ignore_index=True),
        medians=medians(),
        ordination=ordination_rows(list(made.metadata["sample"])),
    )
    return Content(results, given.settings, given.knowledge)


def _write(picture, path):
    with drawing(picture.layout):
        dots = DOTS[picture.layout]
        picture.figure.savefig(path, dpi=dots, metadata={"Software": "tryptome"})


def test_every_figure_has_its_picture(drawn):
    assert sorted(drawn) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_looks_as_before(drawn, tmp_path, name):
    made, kept = tmp_path / "made.png", tmp_path / "kept.png"
    _write(drawn[name], made)
    kept.write_bytes((KEPT / f"{name}.png").read_bytes())
    assert compare_images(str(kept), str(made), TOLERANCE) is None


def test_a_moved_mark_is_seen(drawn, tmp_path):
    """The tolerance tells a small change of a figure from none."""
    figure = drawn["balance"].figure
    _write(drawn["balance"], tmp_path / "before.png")
    axes = figure.axes[0]
    dot = axes.plot(np.mean(axes.get_xlim()), np.mean(axes.get_ylim()), "o", color=UP, markersize=9)
    _write(drawn["balance"], tmp_path / "after.png")
    dot[0].remove()
    assert imread(tmp_path / "before.png").shape == imread(tmp_path / "after.png").shape
    assert compare_images(str(tmp_path / "before.png"), str(tmp_path / "after.png"), TOLERANCE)


def test_a_pdf_holds_its_fonts_as_outlines(drawn, tmp_path):
    """Journals refuse fonts that are named only, and Type 3."""
    with drawing():
        drawn["taxa"].figure.savefig(tmp_path / "taxa.pdf")
    content = (tmp_path / "taxa.pdf").read_bytes()
    assert b"/FontFile2" in content
    assert b"/Subtype /Type3" not in content
