"""Stage 5: do groups differ, and who drives it?

A contrast is estimated on the posterior means of a quantity, at two levels at
once: by a model of all samples (:mod:`tryptome.compare.mixed` where persons
repeat, else :mod:`tryptome.compare.regression`), and by a permutation of the
units that the design makes exchangeable (:mod:`tryptome.compare.units`,
:mod:`tryptome.compare.permutation`). A contrast is between levels
(:mod:`tryptome.compare.contrast`) or by formula (:mod:`tryptome.compare.general`,
:mod:`tryptome.compare.layout`, :mod:`tryptome.compare.exchange`).
"""
