"""Derives the tables of the knowledge base from the raw files of its sources."""
