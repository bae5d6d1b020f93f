"""Figures look as they did when they were last looked at.

Each figure of the made-up cohort is drawn small and compared with its picture in `figures/`.
The tolerance is the root mean square difference of Matplotlib's `compare_images`, over all
pixels, of 255 levels: anti-aliasing of another FreeType stays under it, a moved mark does not.
After a change on purpose: set TRYPTOME_DRAW_FIGURES=1, run this file, look at the pictures.
"""

import os
from pathlib import Path

import numpy as np
import pytest
from conftest import make
from matplotlib.image import imread
from matplotlib.testing.compare import compare_images

from tryptome.report import pictures
from tryptome.report.figures.style import UP, drawing

KEPT = Path(__file__).parent / "figures"
DOTS = 60
TOLERANCE = 3.0


@pytest.fixture(scope="module")
def drawn(tmp_path_factory, crossover, design):
    folder = tmp_path_factory.mktemp("figures")
    made = make(folder / "cohort", crossover, **design)
    found = {picture.name: picture for picture in pictures.draw(made.content())}
    if os.environ.get("TRYPTOME_DRAW_FIGURES"):
        for name, picture in found.items():
            _write(picture, KEPT / f"{name}.png")
    return found


def _write(picture, path):
    with drawing():
        picture.figure.savefig(path, dpi=DOTS, metadata={"Software": "tryptome"})


def test_every_figure_has_its_picture(drawn):
    assert set(drawn) == {path.stem for path in KEPT.glob("*.png")}


@pytest.mark.parametrize("name", sorted(path.stem for path in KEPT.glob("*.png")))
def test_a_figure_looks_as_before(drawn, tmp_path, name):
    _write(drawn[name], tmp_path / f"{name}.png")
    kept = tmp_path / f"{name}-kept.png"
    kept.write_bytes((KEPT / f"{name}.png").read_bytes())
    assert compare_images(str(kept), str(tmp_path / f"{name}.png"), TOLERANCE) is None


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
