"""Simulated worlds with planted truth: do the intervals cover it?"""
