"""Figures are the same bytes whatever fonts the machine has."""

from pathlib import Path

import matplotlib
import pytest
from matplotlib.font_manager import FontEntry, fontManager

from tryptome.report.figures.style import Picture, drawing, new_figure, save

SERIF = Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSerif.ttf")


def files_of_a_figure(folder):
    folder.mkdir()
    with drawing():
        figure = new_figure(1)
        figure.add_subplot().set_title("kynurenine")
    save(Picture("one", "", "", figure), folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def a_font_of_this_name(monkeypatch):
    """The machine has another font under the name of the report's, and no more."""
    entry = FontEntry(
        str(SERIF), "DejaVu Sans", style="normal", variant="normal", weight=400, size="scalable"
    )
    monkeypatch.setattr(fontManager, "ttflist", [entry])
    # What was found before is forgotten.
    fontManager.addfont(SERIF)


def test_a_font_of_the_machine_is_not_taken(tmp_path, request):
    before = files_of_a_figure(tmp_path / "before")
    request.getfixturevalue("a_font_of_this_name")
    listed = list(fontManager.ttflist)
    assert files_of_a_figure(tmp_path / "after") == before
    assert {Path(name).suffix for name in before} == {".svg", ".png", ".pdf"}
    assert fontManager.ttflist == listed
