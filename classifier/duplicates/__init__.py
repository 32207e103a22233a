"""Texts that say the same: fingerprints, and the groups and copies that they show."""
