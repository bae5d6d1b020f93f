"""Derives the name index: what each name of each nomenclature stands for."""
