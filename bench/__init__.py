"""Benchmarks: chude beside what people would use instead, in one run on one machine, as ratios."""
