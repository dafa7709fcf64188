"""Real-time voice disguise that fails closed."""
