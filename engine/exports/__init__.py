"""The record in other forms; each export is a pure function of the document."""
