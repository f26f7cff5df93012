"""Decide whether, where and in what order to split a Python monolith, and then split it."""

__version__ = "0.1.0"
