"""Stage 1: what is in this table?"""
