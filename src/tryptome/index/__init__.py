"""The page that leads to the reports of all cohorts of a run."""
