"""Figures of the report, each as SVG and PNG, the same bytes each time."""
