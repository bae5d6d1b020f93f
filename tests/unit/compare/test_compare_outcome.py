"""What a run says where a contrast cannot be estimated."""

from __future__ import annotations

from tryptome.cli.outcome import conclude
from tryptome.compare.outcome import not_estimable
from tryptome.config.load import parse
from tryptome.paths import cohort_dir

CONTRAST = {"column": "phase", "reference": "baseline", "level": "diet"}


def _compared(make_cohort, crossover):
    cohort = make_cohort(crossover)
    contrasts = {
        "can": CONTRAST,
        "cannot": CONTRAST | {"where": {"person": ["P00"]}},
        "one_level": {"formula": "arm", "where": {"arm": "plant"}},
    }
    cohort.set_mean("share:indole", 0.25)
    cohort.compare({}, subject="person", contrasts=contrasts)
    return cohort.folder / "contrasts.tsv"


def test_contrasts_without_an_estimate_are_named_with_their_reason(make_cohort, crossover):
    found = not_estimable(_compared(make_cohort, crossover))
    assert list(found) == ["cannot", "one_level"]
    assert "too few persons" in found["cannot"]
    assert found["one_level"].startswith("the column 'arm' has one level only ('plant', ")


def test_a_run_says_which_and_why(make_cohort, crossover, tmp_path, capsys):
    table = _compared(make_cohort, crossover)
    config = parse({"cohorts": {"mine": {"table": "t.tsv"}, "other": {"table": "u.tsv"}}})
    assert conclude(0, config, tmp_path, dry=False, as_json=False) == 0
    folder = tmp_path / cohort_dir("mine", "compare")
    folder.mkdir(parents=True)
    table.rename(folder / "contrasts.tsv")
    assert conclude(0, config, tmp_path, dry=False, as_json=False) == 3
    assert conclude(1, config, tmp_path, dry=False, as_json=False) == 1
    assert conclude(0, config, tmp_path, dry=True, as_json=False) == 0
    said = capsys.readouterr().err
    assert "Not estimable: mine, contrast cannot: too few persons" in said
    assert "contrast can:" not in said
