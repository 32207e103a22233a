"""Corpus in, fitted and calibrated model out."""
