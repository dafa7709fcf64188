"""Recognisers: sound to words."""
