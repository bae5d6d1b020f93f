"""Figures of the report, each as SVG, PNG and PDF, the same bytes each time."""
