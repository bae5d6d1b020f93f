"""Faecal metabolites, predicted as ranks within a cohort by a small linear model."""
