"""Media in, record out."""
