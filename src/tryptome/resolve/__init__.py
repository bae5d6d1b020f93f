"""Stage 2: which reference genomes does each name stand for?"""
