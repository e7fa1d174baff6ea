"""Unblur: a desktop editor that makes blurry photographs sharp."""

__version__ = "0.1.0"
