"""A network of real node processes on one machine."""
