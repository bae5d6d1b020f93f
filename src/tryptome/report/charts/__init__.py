"""Interactive charts of a report: what they hold, how they are drawn, and what draws them."""
