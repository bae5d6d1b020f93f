"""What a series of kills came to, for the page and the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from chaos.kills import MANNERS, Kill

SECTION = """\
{summary}

The run is that of a small cohort (four persons of the demo; the demo itself takes longer and
runs the same stages). A kill comes when a share of all results is there that is drawn evenly
(seed {seed}), and up to two seconds later: within stages, between them, before the first and in
the last. Then the same `tryptome run` was called at once, and all results but those that hold
times were compared with an undisturbed run's. *Halves* are files that were half-written at that
moment, under a name of their own that no stage reads; the next run removes them.

| killed | times | in thirds 1, 2, 3 of the run | results there | halves there | same bytes |
| --- | --- | --- | --- | --- | --- |
{rows}
"""


def summary(seen: Sequence[Kill]) -> str:
    """One sentence."""
    same = sum(one.same for one in seen)
    return f"{len(seen)} kills: {same} runs ended with the same bytes, {len(seen) - same} did not."


def section(seen: Sequence[Kill], seed: int) -> str:
    """Write the section of the page."""
    rows = "\n".join(_row(manner, [k for k in seen if k.manner == manner]) for manner in MANNERS)
    return SECTION.format(summary=summary(seen), seed=seed, rows=rows)


def _row(manner: str, seen: Sequence[Kill]) -> str:
    thirds = [sum(int(one.moment * 3) == third for one in seen) for third in range(3)]
    counts = [
        len(seen),
        ", ".join(map(str, thirds)),
        sum(one.files > 0 for one in seen),
        sum(one.halves > 0 for one in seen),
        sum(one.same for one in seen),
    ]
    return f"| {' | '.join([manner, *map(str, counts)])} |"
