"""Stage 3: what can each taxon do, and how sure are we?"""
