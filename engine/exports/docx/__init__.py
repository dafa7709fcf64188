"""The record as a Word document that a clerk can finish."""
