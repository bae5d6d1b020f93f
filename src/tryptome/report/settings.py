"""What the configuration says of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Settings:
    """Settings of one cohort's report.

    Attributes
    ----------
    cohort : str
        Name of the cohort, which is also its folder.
    title, description, citation : str
        What the cohort is, as its owner puts it.
    subject_column : str or None
        Metadata column that tells persons apart.
    groups : sequence of str
        Metadata columns whose combinations are the groups.
    contrasts : mapping
        Contrasts by name, each with the keys of the configuration.
    estimate, compare : mapping
        Settings of those stages, to state in the methods.
    seed : int
        Seed of everything that draws random numbers.
    """

    cohort: str
    title: str
    description: str = ""
    citation: str = ""
    subject_column: str | None = None
    groups: Sequence[str] = ()
    contrasts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    estimate: Mapping[str, Any] = field(default_factory=dict)
    compare: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 1

    @property
    def confidence(self) -> float:
        """Confidence level of the intervals of group means and of effects."""
        return float(self.compare.get("confidence", 0.95))

    def contrast_title(self, name: str) -> str:
        """Name of a contrast for people: its title, or its key where it has none."""
        return str(self.contrasts.get(name, {}).get("title") or name)

    def contrast_heading(self, name: str) -> str:
        """Name of a contrast, with what it compares where only its key names it.

        Examples
        --------
        >>> fibre = {"column": "diet", "reference": "usual", "level": "high fibre"}
        >>> Settings("c", "C", contrasts={"fibre": fibre}).contrast_heading("fibre")
        'fibre (diet: high fibre against usual)'
        """
        contrast = self.contrasts.get(name, {})
        asked = contrast.get("formula") or _compared(contrast)
        if contrast.get("title") or not asked:
            return self.contrast_title(name)
        return f"{name} ({asked})"


def _compared(contrast: Mapping[str, Any]) -> str:
    """Column and levels of a contrast of two levels; empty where it has none."""
    if not all(contrast.get(key) for key in ("column", "reference", "level")):
        return ""
    words = "{column}: {level} against {reference}".format(**contrast)
    if contrast.get("interaction"):
        words += "; change by {column}: {level} against {reference}".format(
            **contrast["interaction"]
        )
    return words
