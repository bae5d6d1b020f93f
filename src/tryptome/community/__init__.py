"""Stage community: what the whole community looks like, beside what it can do.

Diversity, ordination, tests of whole compositions and of single taxa are
scikit-bio's (:mod:`tryptome.community.reads` to
:mod:`tryptome.community.abundance`). Own are only the arrangement of samples by
person (:mod:`tryptome.community.units`), which scikit-bio does not know, and the
question whether a functional difference is more than a difference in diversity
(:mod:`tryptome.community.beyond`).
"""
