"""Stage pool: does a finding hold across cohorts?"""
