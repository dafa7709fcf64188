"""Containers and codecs: probe, decode, time."""
