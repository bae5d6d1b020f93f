"""The block ``mass_balance`` of a configuration: a user's own priors."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tryptome.config.strict import Share, Strict


class Prior(Strict):
    """A prior of your own for a parameter of the mass balance."""

    distribution: Literal["uniform", "loguniform", "triangular", "lognormal"] = Field(
        default="uniform", description="Form of the distribution."
    )
    low: Annotated[float, Field(ge=0, allow_inf_nan=False)] = Field(
        description="Least value; of `lognormal` the 5 % point. A fixed value where it is `high`."
    )
    high: Annotated[float, Field(ge=0, allow_inf_nan=False)] = Field(
        description="Greatest value; of `lognormal` the 95 % point."
    )
    mode: float | None = Field(
        default=None, description="Most likely value of `triangular`; by default the middle."
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError("`low` is above `high`")
        if self.mode is not None and not self.low <= self.mode <= self.high:
            raise ValueError("`mode` is not between `low` and `high`")
        if self.distribution.startswith("log") and self.low == 0:
            raise ValueError(f"`low` of `{self.distribution}` must be above 0")
        return self


class SharePrior(Prior):
    """A prior of a share, which lies between 0 and 1."""

    distribution: Literal["uniform", "triangular"] = Field(
        default="uniform", description="Form of the distribution."
    )
    high: Share = Field(description="Greatest value.")


class MassBalance(Strict):
    """Priors of your own for the mass balance; see docs/scenario.md for those that ship."""

    diet_tryptophan: Prior | None = Field(
        default=None, description="Tryptophan in the diet (mg/day)."
    )
    protein_tryptophan: Prior | None = Field(
        default=None,
        description="Tryptophan in a gram of dietary protein; used only where the metadata give "
        "dietary protein (mg/g).",
    )
    diet_escape: SharePrior | None = Field(
        default=None,
        description="Share of dietary tryptophan that the small intestine does not take.",
    )
    endogenous_nitrogen: Prior | None = Field(
        default=None,
        description="Nitrogen of the body's own that passes the end of the small intestine "
        "(mg/day).",
    )
    endogenous_tryptophan: Prior | None = Field(
        default=None,
        description="Tryptophan in a gram of endogenous protein (6.25 x nitrogen), part of "
        "which is no protein (mg/g).",
    )
    faecal_mass: Prior | None = Field(default=None, description="Wet stool (g/day).")
    faecal_dry: SharePrior | None = Field(default=None, description="Dry matter of wet stool.")
    bacterial_solids: SharePrior | None = Field(default=None, description="Bacteria in dry stool.")
    bacterial_protein: SharePrior | None = Field(
        default=None, description="Protein in dry bacteria."
    )
    bacterial_tryptophan: Prior | None = Field(
        default=None,
        description="Tryptophan in a gram of bacterial protein (16 g of nitrogen count "
        "as 100 g of it) (mg/g).",
    )
    maker_uptake: SharePrior | None = Field(
        default=None,
        description="Part of their need that cells which can make tryptophan take up all the same.",
    )
    release: SharePrior | None = Field(
        default=None,
        description="Tryptophan that makers release, as a share of what they need for themselves.",
    )
    diversion_rate: Prior | None = Field(
        default=None,
        description="Share of the free tryptophan that a community wholly of diverting cells turns "
        "over in an hour (1/h).",
    )
    mucosal_rate: Prior | None = Field(
        default=None,
        description="Share of the free tryptophan that comes to the mucosa in an hour (1/h).",
    )
    transit_time: Prior | None = Field(default=None, description="Transit through the colon (h).")
    activity_indole: Prior | None = Field(
        default=None,
        description="Activity of a cell with the route to indole, relative to others.",
    )
    activity_tryptamine: Prior | None = Field(
        default=None,
        description="Activity of a cell with the route to tryptamine, relative to others.",
    )
    activity_indolelactate: Prior | None = Field(
        default=None,
        description="Activity of a cell with the route to indolelactate, relative to the other "
        "routes.",
    )
    activity_indolepropionate: Prior | None = Field(
        default=None,
        description="Activity of a cell with the route to indolepropionate, relative to the other "
        "routes.",
    )
    activity_indoleacetate: Prior | None = Field(
        default=None,
        description="Activity of a cell with the route to indoleacetate, relative to the other "
        "routes.",
    )
