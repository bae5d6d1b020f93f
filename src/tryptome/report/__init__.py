"""Stage 6: what should a reader know?"""
