"""Where somebody speaks, and in which language."""
