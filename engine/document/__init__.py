"""The record: its values, its JSON form and the schema of it."""
