"""What is asked for of all cohorts: the last results, and those that were lost."""

from tryptome.workflow import lost, of_each

PATTERNS = ("results/{cohort}/a.tsv", "results/{cohort}/figures")


def test_one_result_of_each_cohort():
    assert of_each(["x", "y"], PATTERNS[0])(None) == ["results/x/a.tsv", "results/y/a.tsv"]


def test_only_cohorts_that_were_run_have_lost_something(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for path in ("results/whole/figures", "results/cut"):
        (tmp_path / path).mkdir(parents=True)
    for name in ("whole", "cut"):
        (tmp_path / "results" / name / "a.tsv").touch()
    find = lost(["cut", "new", "whole"], PATTERNS)
    assert find(None) == ["results/cut/figures"]
    (tmp_path / "results" / "whole" / "a.tsv").unlink()
    assert find(None) == ["results/whole/a.tsv", "results/cut/figures"]
