"""What the explorer of the samples holds, against the result files."""

import json
import re

import pandas as pd
import pytest
import vl_convert
from conftest import make, unassessable

from tryptome.report.charts import specs
from tryptome.report.charts.bundle import bundle

HOSTILE = ["</script><script>window.ran=1</script>", "datum.x", "{x title}", "a\u2028b"]


def held(html):
    (text,) = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', html, re.DOTALL)
    return text, json.loads(text)


def test_every_sample_is_drawn_where_the_result_file_says(tmp_path, crossover, design):
    made = make(tmp_path / "made", crossover, **design)
    unassessable(made, ["P1pb1"])
    _, data = held(made.run())
    assert data["samples"] == list(crossover["sample"])
    labels = crossover["diet"] + " · " + crossover["phase"]
    assert [data["groups"][group] for group in data["group"]] == list(labels)
    table = made.quantities.set_index(["quantity", "sample"])
    columns = {"mean": "mean", "low": "q05", "high": "q95"}
    for name, quantity in data["quantities"].items():
        for place, sample in enumerate(data["samples"]):
            for key, column in columns.items():
                drawn, value = quantity[key][place], table.loc[(name, sample), column]
                assert (drawn is None) == pd.isna(value)
                assert drawn is None or drawn == pytest.approx(value, rel=1e-3)
    assert data["quantities"]["precursor_balance"]["mean"][0] is None


def test_quantities_are_the_rows_of_each_samples_section(tmp_path, crossover, design):
    html = make(tmp_path / "made", crossover, **design).run()
    _, data = held(html)
    section = html.split('<table id="sample-1">')[1].split("</table>")[0]
    rows = re.findall(r'<th scope="row">(.*?)</th>', section)
    assert rows == [quantity["title"] for quantity in data["quantities"].values()]


def test_text_of_users_is_data_and_no_part_of_a_description(tmp_path):
    metadata = pd.DataFrame({"sample": HOSTILE, "group": HOSTILE})
    text, data = held(make(tmp_path / "made", metadata, groups=["group"]).run())
    assert not set("<>&\u2028") & set(text)
    assert data["samples"] == HOSTILE
    for chart in (data["strip"], data["scatter"]):
        expressions = re.findall(r'"(?:filter|expr|signal|test)": ?"([^"]*)"', json.dumps(chart))
        assert set(expressions) == {specs.PICKED}


@pytest.mark.parametrize("name", ["strip", "scatter"])
def test_vega_lite_itself_compiles_the_descriptions(name):
    labels = ["a", "b"]
    spec = specs.strip(labels, labels) if name == "strip" else specs.scatter(labels, labels)
    sample = {"id": 0, "group": "a", "spread": 0.1}
    sample |= {axis + end: 1.0 for axis in "xy" for end in ("", "_low", "_high")}
    spec["datasets"] = {"samples": [sample], "means": [], "zero": [], "equal": []}
    marks = json.dumps(vl_convert.vegalite_to_vega(spec)["marks"])
    assert '"symbol"' in marks
    assert '"tooltip"' in marks


def test_the_bundle_ends_no_script_and_interprets_expressions():
    script = str(bundle())
    assert "</script" not in script.lower()
    assert "expressionInterpreter" in script
    assert "BSD-3-Clause" in script[:200]
