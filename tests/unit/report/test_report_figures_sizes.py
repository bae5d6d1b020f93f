"""Figures can be printed as they are: as wide as a column or two, with text that can be read.

What is measured is what the files say, or Matplotlib says of the text as it lies.
"""

import itertools
import math
import re

import pandas as pd
import pytest
from conftest import make
from matplotlib.text import Text
from PIL import Image
from test_report_figures_alike import with_all_figures

from tryptome.pool import page
from tryptome.report import pictures
from tryptome.report.figures import style
from tryptome.report.figures.style import DOUBLE, SINGLE, save

MILLIMETRE = 72 / 25.4
"""Points."""

WIDTHS = {DOUBLE: 183, SINGLE: 89}
"""In millimetres, as Nature prints them."""

LONG = ("a diet without any fibre at all", "the diet that they were used to", "no diet")


@pytest.fixture(scope="module")
def contents(tmp_path_factory, crossover, design):
    """Cohorts with many groups of long names, and without groups."""
    folder = tmp_path_factory.mktemp("sizes")
    long = crossover.assign(arm=[LONG[place % 3] for place in range(len(crossover))])
    named = {**design, "groups": ["arm", "diet"]}
    return {
        "long": with_all_figures(make(folder / "long", long, **named)),
        "whole": with_all_figures(make(folder / "whole", crossover, **{**design, "groups": []})),
    }


@pytest.fixture(scope="module")
def drawn(contents):
    """Every picture, laid out, by cohort, columns and name."""
    found = {}
    for cohort, content in contents.items():
        for picture in itertools.chain(pictures.draw(content), pictures.draw_single(content)):
            with style.drawing(picture.layout):
                picture.figure.draw_without_rendering()
                picture.figure.set_layout_engine("none")
            found[cohort, picture.layout.columns, picture.name] = picture
    return found | {("pooled", one.layout.columns, one.name): one for one in of_cohorts()}


def of_cohorts():
    """Figures of a question that five cohorts share, laid out."""
    quantities = ["precursor_balance", *(f"share:capability_{place}" for place in range(26))]
    scales = {"scale": "log2 odds ratio", "kind": "difference", "per": "", "unit": ""}
    numbers = {"effect": -0.42, "lower": -0.97, "upper": 0.13, "p": 0.1, "weight": 0.2}
    numbers |= {"poolable": "true", "predicted_lower": -1.21, "predicted_upper": 0.37}
    pooled = pd.DataFrame({"quantity": quantities, "cohorts": 5} | scales | numbers)
    pooled["q"] = [0.01 if place in (3, 4) else 0.3 for place in range(len(pooled))]
    cohorts = [f"a_cohort_with_a_long_name_{place}" for place in range(5)]
    effects = pd.concat([pooled.assign(cohort=name) for name in cohorts], ignore_index=True)
    label = page.labels()
    for layout in (DOUBLE, SINGLE):
        for one in page.draw("q", "A question", pooled, effects, label, 0.95, layout):
            with style.drawing(layout):
                one.figure.draw_without_rendering()
                one.figure.set_layout_engine("none")
            yield one


@pytest.fixture(scope="module")
def texts(drawn):
    """Texts that are drawn: Matplotlib keeps more, of ticks that it had and of those beyond."""
    found = {key: [] for key in drawn}
    for key, picture in drawn.items():

        def note(text, renderer, shown=found[key]):
            if text.get_visible() and text.get_text():
                shown.append((text.get_text(), text.get_fontsize(), text.get_window_extent()))

        with pytest.MonkeyPatch.context() as patch, style.drawing(picture.layout):
            patch.setattr(Text, "draw", note)
            picture.figure.draw_without_rendering()
    return found


def test_no_text_is_cut_at_an_edge(drawn, texts):
    cut = {
        (*key, text)
        for key, picture in drawn.items()
        for text, _, box in texts[key]
        if min(box.x0, box.y0) < -1
        or box.x1 > picture.figure.bbox.x1 + 1
        or box.y1 > picture.figure.bbox.y1 + 1
    }
    assert sorted(cut) == []


def test_no_text_lies_on_another(texts):
    over = set()
    for key, shown in texts.items():
        for (one, _, box), (other, _, beside) in itertools.combinations(shown, 2):
            wide = min(box.x1, beside.x1) - max(box.x0, beside.x0)
            tall = min(box.y1, beside.y1) - max(box.y0, beside.y0)
            # Boxes hold the room for letters that reach up or down: of lines they may touch.
            if wide > 1 and tall > 0.25 * min(box.height, beside.height):
                over.add((*key, one, other))
    assert sorted(over) == []


def test_two_groups_have_two_labels(drawn):
    for layout, name in itertools.product((1, 2), ("balance", "accounting")):
        labels = drawn["long", layout, name].figure.axes[0].get_yticklabels()
        told = [label.get_text() for label in labels]
        assert len(set(told)) == len(told)
        assert sum("plant" in label for label in told) == len(LONG)


def test_every_chart_has_room_for_its_marks(drawn):
    """Matplotlib gives up a chart whose labels leave it no room."""
    points = {
        (*key, place): 72 * axes.bbox.height / picture.figure.dpi
        for key, picture in drawn.items()
        for place, axes in enumerate(picture.figure.axes)
    }
    assert min(points.values()) > 7


def test_text_of_one_column_has_5_to_7_points_and_that_of_two_more(texts):
    sizes = {1: set(), 2: set()}
    for (_, columns, _), shown in texts.items():
        sizes[columns] |= {size for _, size, _ in shown}
    assert 5 <= min(sizes[1]) <= max(sizes[1]) <= 7 <= min(sizes[2])


@pytest.mark.parametrize("layout", [DOUBLE, SINGLE])
def test_files_are_as_wide_as_a_journal_prints_them(drawn, tmp_path, layout):
    picture = drawn["long", layout.columns, "balance"]
    save(picture, tmp_path)
    points = WIDTHS[layout] * MILLIMETRE
    svg = (tmp_path / "balance.svg").read_text(encoding="utf-8")
    assert float(re.search(r'<svg [^>]*width="([0-9.]+)pt"', svg)[1]) == pytest.approx(points)
    pdf = (tmp_path / "balance.pdf").read_bytes()
    box = re.search(rb"/MediaBox \[ ?([0-9. ]+?) ?\]", pdf)[1].split()
    assert float(box[2]) - float(box[0]) == pytest.approx(points)
    sizes = {float(found) for found in re.findall(r"font(?:-size)?: (?:\w+ )*([0-9.]+)px", svg)}
    assert sizes == {layout.text, layout.small}
    if layout is DOUBLE:
        with Image.open(tmp_path / "balance.png") as image:
            assert image.width == pytest.approx(WIDTHS[layout] / 25.4 * 300, abs=1)


def test_what_fits_on_no_page_is_not_drawn_for_one_column(drawn):
    single = {(cohort, name) for cohort, columns, name in drawn if columns == 1}
    double = {(cohort, name) for cohort, columns, name in drawn if columns == 2}
    assert ("whole", "capabilities") in single
    assert ("long", "capabilities") not in single
    assert {("whole", "capabilities"), ("long", "capabilities")} <= double
    assert all(picture.size[1] <= 8.75 for key, picture in drawn.items() if key[1] == 1)
    assert not [name for _, name in single if name == "pathway"]


def test_the_last_digit_of_a_layout_shows_in_no_file(tmp_path):
    def svg(left):
        with style.drawing(DOUBLE):
            figure = style.new_figure(2)
            figure.set_layout_engine("none")
            figure.add_axes((left, 0.2, 0.7, 0.6)).plot([0, 1], [0, 1])
        style.save_svg(style.Picture("figure", "", "", figure), tmp_path)
        return (tmp_path / "figure.svg").read_bytes()

    assert svg(0.1) == svg(math.nextafter(0.1, 1))
    assert svg(0.1) != svg(0.11)
