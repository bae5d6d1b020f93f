"""Kills runs at random moments and looks whether the next run ends with the same bytes."""
