"""Measurements: workloads, and the figures they gave on named machines."""
