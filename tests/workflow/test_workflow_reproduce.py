"""Published studies run again by the real workflow, and data fetched by address."""

import functools
import hashlib
import http.server
import os
import threading

import pandas as pd
import pytest

from tryptome.studies.fetch import obtain
from tryptome.studies.model import DataFile


def verdicts(folder, name):
    table = pd.read_csv(
        folder / "results" / "studies" / name / "results" / "verdicts.tsv", sep="\t"
    )
    return table.set_index("statement")


def test_the_demo_is_reproduced(tmp_path, command):
    """Directions of the article's abstract; Roseburia's fall is beyond doubt in this table."""
    done = command("reproduce", "david2014", "--cores", "2", cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    table = verdicts(tmp_path, "david2014")
    assert table["verdict"].isin(["reproduced", "same direction", "not testable"]).all()
    roseburia = table.filter(like="Roseburia", axis=0).iloc[0]
    assert roseburia["verdict"] == "reproduced"
    assert roseburia["upper"] < 0
    assert "REPRODUCED" in done.stdout
    # The record of the run says so too, and all of it comes again: contrasts and verdicts.
    place = tmp_path / "results" / "studies" / "david2014"
    done = command("verify", place, "--cores", "2", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    tampered = place / "results" / "verdicts.tsv"
    tampered.write_text(tampered.read_text().replace("same direction", "reproduced"))
    done = command("verify", place, "--quick", cwd=tmp_path)
    assert done.returncode == 1
    assert "changed: verdicts.tsv" in done.stdout


@pytest.mark.data
@pytest.mark.slow
def test_kang_is_reproduced_out_of_the_folder(tmp_path, command):
    root = os.environ.get("TRYPTOME_DATA")
    if not root:
        pytest.skip("TRYPTOME_DATA is not set")
    words = ("reproduce", "kang2018", "--folder", root, "--cores", "2")
    done = command(*words, cwd=tmp_path, TRYPTOME_DATA="")
    assert done.returncode == 0, done.stderr[-3000:]
    table = verdicts(tmp_path, "kang2018")
    assert table.filter(like="diversity", axis=0)["effect"].iloc[0] < 0
    assert (table["verdict"] == "not testable").sum() >= 1
    assert not list((tmp_path / "results" / "studies" / "kang2018").rglob("genera*"))


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass


@pytest.fixture
def address(tmp_path):
    """Address of a server of the folder `served`, on this machine."""
    (tmp_path / "served").mkdir()
    handler = functools.partial(_Quiet, directory=str(tmp_path / "served"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_mirrors_are_tried_in_order_and_checked(tmp_path, address):
    """The first mirror has nothing, the second another file, the third the right one."""
    (tmp_path / "served" / "wrong.tsv").write_bytes(b"tampered\n")
    (tmp_path / "served" / "right.tsv").write_bytes(b"lineage\ta\n")
    wanted = DataFile(
        path="deep/t.tsv",
        sha256=hashlib.sha256(b"lineage\ta\n").hexdigest(),
        urls=[f"{address}/{name}.tsv" for name in ("nothing", "wrong", "right")],
    )
    target = tmp_path / "data" / "deep" / "t.tsv"
    assert obtain(wanted, target, None) == target
    assert target.read_bytes() == b"lineage\ta\n"
    # A second time it is at hand, and no mirror is asked.
    offline = wanted.model_copy(update={"urls": []})
    assert obtain(offline, target, None) == target
