"""Stage 4: what does the community do, per sample?"""
