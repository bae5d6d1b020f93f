"""The page on sources is what the knowledge base gives, and says what its table holds."""

import compare_sources
from tryptome.knowledge import load
from tryptome.paths import resource, share

PAGE = share() / "docs" / "knowledge" / "sources.md"


def test_the_page_is_what_the_knowledge_base_gives(tmp_path):
    made = tmp_path / "sources.md"
    compare_sources.main(str(resource("knowledge")), str(made))
    assert made.read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")


def test_agreement_is_counted_from_the_table():
    """Tryptophanase by KEGG against the base source, without the module under test."""
    rows = (
        load()
        .evidence.query("capability == 'indole'")
        .pivot(index="species", columns="source", values="positives")
    )
    both = rows[["kegg_tryptophanase", "mcseed"]].dropna()
    agree = (both["mcseed"] > 0).mean()
    line = next(
        line for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `indole` | `kegg_tryptophanase`")
    )  # fmt: skip
    assert line.endswith(f"| {len(both)} | {agree:.1%} |")
