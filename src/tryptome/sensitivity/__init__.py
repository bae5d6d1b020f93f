"""Stage sensitivity: do conclusions hang on a choice that could have been made otherwise?

A choice is copy-number correction, the rank to which names are taken, the
evidence, a filter by prevalence, a taxon left out, or the covariates of a
contrast (:mod:`tryptome.sensitivity.choices`). Each set of choices gives posterior
means of the headline quantities (:mod:`tryptome.sensitivity.outcomes`), to which
every contrast is put again (:mod:`tryptome.sensitivity.refit`).
"""
