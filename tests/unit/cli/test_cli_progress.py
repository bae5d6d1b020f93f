"""What Snakemake says becomes a line of progress; what it says of errors stays."""

import io
import json
import sys

import pytest

from tryptome.cli import main
from tryptome.cli.progress import CLEAR, Progress, duration
from tryptome.workflow import engine

SAID = """\
Using profile /somewhere and workflow specific profile a for setting default command line arguments.
Assuming unrestricted shared filesystem usage.
Building DAG of jobs...
Using shell: /usr/bin/bash
Provided cores: 2
Conda environments: ignored
Rules claiming more threads will be scaled down.
Job stats:
job         count
--------  -------
estimate        1
total           4

Select jobs to execute...
Execute 1 jobs...

[Thu Nov 26 14:26:25 2026]
Job 3: mine: resolving names to reference genomes
[Thu Nov  6 14:26:29 2026]
Finished jobid: 3 (Rule: resolve)
1 of 4 steps (25%) done
[Thu Nov 26 14:26:29 2026]
localrule default:
    input: results/cohorts/mine/report/report.html
    jobid: 0
    resources: tmpdir=/tmp
[Thu Nov 26 14:26:53 2026]
Finished jobid: 0 (Rule: default)
4 of 4 steps (100%) done
Complete log(s): /somewhere/.snakemake/log/2026-11-26T141937.638100.snakemake.log
Elapsed time: 0:01:15.486526
"""
ERROR = """\
Error: samples.tsv, line 3: no number
  To mend it: correct it [T203]
Error in rule estimate:
    message: mine: what each community does
    jobid: 5
    log: results/provenance/logs/mine/estimate.log (check log file(s) for error details)
"""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def follow(stream, text, seconds=10.0):
    times = iter(seconds * step for step in range(1000))
    progress = Progress(stream, clock=lambda: next(times))
    for line in text.splitlines(keepends=True):
        progress.take(line)
    return progress


def test_of_a_run_that_goes_well_nothing_is_left_where_nobody_looks_on():
    stream = io.StringIO()
    follow(stream, SAID).close()
    assert stream.getvalue() == ""


@pytest.mark.parametrize("kind", [io.StringIO, Terminal])
def test_errors_are_passed_on_whole_between_the_lines_of_a_run(kind):
    stream = kind()
    follow(stream, SAID + ERROR + SAID).close()
    said = stream.getvalue().replace(CLEAR, "")
    for line in ERROR.splitlines():
        assert f"{line}\n" in said


def test_a_line_never_wraps(monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    stream = Terminal()
    follow(stream, SAID)
    assert max(map(len, stream.getvalue().split(CLEAR))) == 29


def test_a_terminal_shows_how_far_it_is_and_how_long_it_may_take(monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    stream = Terminal()
    progress = follow(stream, SAID.partition("[Thu Nov 26 14:26:29")[0])
    # One of four steps in ten seconds: three more of ten seconds.
    assert stream.getvalue().endswith(
        "[######..................] 1 of 4, about 30 s left; "
        "mine: resolving names to reference genomes"
    )
    progress.close()
    assert stream.getvalue().endswith(CLEAR)


def test_durations_are_short_to_read():
    assert [duration(s) for s in (0.4, 119, 121, 7199, 7260)] == [
        *("0 s", "119 s", "2 min", "120 min", "2 h 1 min")
    ]


def test_every_line_of_a_process_is_handed_on_and_its_status_kept():
    code = "import sys; print('a\\nb', file=sys.stderr); sys.stderr.write('c'); sys.exit(3)"
    lines = []
    assert engine.execute([sys.executable, "-c", code], watch=lines.append) == 3
    assert lines == ["a\n", "b\n", "c"]


@pytest.mark.parametrize("command", [["run"], ["check"], ["verify"], ["lookup"]])
def test_machines_get_one_object_also_of_an_error(command, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main([*command, "nothing of this name", "--json"]) == 2
    printed = capsys.readouterr()
    told = json.loads(printed.out)["error"]
    assert set(told) == {"code", "what", "place", "remedy"}
    assert told["what"] in printed.err


@pytest.mark.parametrize("kind", [io.StringIO, Terminal])
def test_of_a_run_that_is_being_stopped_jobs_complain_in_vain(kind):
    stream = kind()
    progress = follow(stream, SAID.partition("[Thu Nov 26 14:26:29")[0])
    progress.stop()
    for line in ["Traceback (most recent call last):\n", *ERROR.splitlines(keepends=True)]:
        progress.take(line)
    progress.close()
    assert (
        stream.getvalue()
        .replace(CLEAR, "")
        .endswith("Stopping. A second Ctrl-C ends it at once.\n")
    )


def test_a_dry_run_has_an_option_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "table.tsv").write_text("x\ts1\ts2\ng__Blautia\t5\t6\ng__Bacteroides\t6\t5\n")
    (tmp_path / "c.yaml").write_text("cohorts: {mine: {table: table.tsv}}\n")
    asked = []
    monkeypatch.setattr(engine, "execute", lambda words, **others: asked.append(words) or 0)
    assert main(["run", "c.yaml", "-n"]) == 0
    assert main(["run", "c.yaml", "--", "--dry-run"]) == 0
    assert [words[-1] for words in asked] == ["-n", "--dry-run"]
    assert not (tmp_path / "results").exists()


def test_ctrl_c_ends_a_command_without_a_traceback(monkeypatch, capsys):
    def pressed(options):
        raise KeyboardInterrupt

    monkeypatch.setattr("tryptome.cli.lookup.execute", pressed)
    assert main(["lookup", "Blautia"]) == 130
    assert capsys.readouterr().err == ""
