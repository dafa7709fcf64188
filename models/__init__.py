"""The catalogue of models and the store that keeps them."""
