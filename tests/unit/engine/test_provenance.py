"""The record of a run: what was used, newest last, beside the results."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from importlib import metadata

import pandas as pd

import tryptome
from tryptome.config import Config, load
from tryptome.knowledge import load as load_knowledge
from tryptome.workflow import knowledge_fingerprint
from tryptome.workflow.provenance import record, versions

BEGIN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_a_run_is_recorded_with_its_configuration(tmp_path):
    source = tmp_path / "c.yaml"
    source.write_text("cohorts: {a: {table: a.tsv}}\n")
    config = load(source)
    for status in (1, 0):
        end = BEGIN + timedelta(seconds=61.5)
        runs = record(tmp_path, config, source, begin=BEGIN, end=end, status=status)
    assert runs.parent == tmp_path / "results" / "provenance"
    entries = [json.loads(line) for line in runs.read_text().splitlines()]
    assert [entry["status"] for entry in entries] == [1, 0]
    assert entries[1]["begin"] == "2026-01-02T03:04:05+00:00"
    assert entries[1]["seconds"] == 61.5
    assert entries[1]["config_sha256"] == hashlib.sha256(source.read_bytes()).hexdigest()
    assert entries[1]["knowledge"] == f"{load_knowledge().version} ({knowledge_fingerprint()})"
    kept = json.loads((runs.parent / "config.json").read_text())
    assert Config.model_validate(kept) == config


def test_versions_are_those_installed():
    found = versions()
    assert found["tryptome"] == tryptome.__version__
    assert found.get("pandas", pd.__version__) == pd.__version__
    assert all(metadata.version(name) == found[name] for name in found if name != "tryptome")
