"""The process that runs Snakemake: its command line, exit status and signals."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tryptome.workflow import engine

PROBE = """
import signal, sys, time
from pathlib import Path
def stop(number, frame):
    Path(sys.argv[1]).write_text(signal.Signals(number).name)
    if sys.argv[2] == "polite":
        sys.exit(7)
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, stop)
Path(sys.argv[1]).write_text("ready")
while True:
    time.sleep(0.01)
"""
RUN = """
import sys
from tryptome.workflow import engine
def stopping():
    print("stopping", flush=True)
print(engine.execute([sys.executable, "-c", *sys.argv[1:]], stopping=stopping), flush=True)
"""


def start(note: Path, manner: str) -> subprocess.Popen[str]:
    """Run the probe below ``engine.execute`` in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, PROBE, str(note), manner],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    wait_for(note, "ready")
    return process


def wait_for(note: Path, text: str) -> None:
    for _ in range(1000):
        if note.exists() and note.read_text() == text:
            return
        time.sleep(0.01)
    raise AssertionError(f"{note} never said {text}")


def test_the_exit_status_is_handed_on():
    assert engine.execute([sys.executable, "-c", "raise SystemExit(3)"]) == 3
    assert engine.execute([sys.executable, "-c", "pass"]) == 0


def test_death_by_a_signal_is_told_as_shells_do():
    code = "import os; os.kill(os.getpid(), 9)"
    assert engine.execute([sys.executable, "-c", code]) == 137


def test_signals_are_passed_on_and_the_end_is_waited_for(tmp_path):
    for number in engine.FORWARDED:
        note = tmp_path / number.name
        process = start(note, "polite")
        process.send_signal(number)
        assert process.communicate(timeout=20)[0] == "stopping\n7\n"
        assert note.read_text() == number.name


def test_a_second_signal_ends_what_does_not_end_by_itself(tmp_path):
    process = start(tmp_path / "note", "stubborn")
    process.send_signal(signal.SIGINT)
    wait_for(tmp_path / "note", "SIGINT")
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=20)[0] == "stopping\n137\n"


def test_handlers_of_the_caller_are_put_back():
    before = [signal.getsignal(number) for number in engine.FORWARDED]
    engine.execute([sys.executable, "-c", "pass"])
    assert [signal.getsignal(number) for number in engine.FORWARDED] == before


def test_the_command_line_has_absolute_paths_and_the_users_words_last(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = engine.command(Path("c.yaml"), Path("run"), "2", ["--dry-run"])
    assert words[words.index("--configfile") + 1] == str(tmp_path / "c.yaml")
    assert words[words.index("--directory") + 1] == str(tmp_path / "run")
    assert words[words.index("--cores") + 1] == "2"
    assert Path(words[words.index("--snakefile") + 1]).is_file()
    assert words[-1] == "--dry-run"


def test_the_cache_is_in_the_folder_where_the_home_cannot_be_written(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache" / "deeper"))
    assert engine.surroundings(tmp_path)["XDG_CACHE_HOME"] == str(tmp_path / "cache" / "deeper")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    expected = str(tmp_path / ".snakemake" / "cache")
    assert engine.surroundings(tmp_path)["XDG_CACHE_HOME"] == expected
