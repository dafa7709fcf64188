"""The written form of spoken words: numbers, dates, money, articles, case numbers.

A layer of its own: what was said stays in the record, and every written piece knows its words.
"""
