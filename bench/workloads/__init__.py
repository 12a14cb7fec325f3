"""Repeatable loads on one part of the product each."""
