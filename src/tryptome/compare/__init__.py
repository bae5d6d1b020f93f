"""Stage 5: do groups differ, and who drives it?"""
