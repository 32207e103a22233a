"""Corpus in, calibrated model out."""
