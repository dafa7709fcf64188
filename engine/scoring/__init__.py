"""Rates: how far a record is from a reference."""
