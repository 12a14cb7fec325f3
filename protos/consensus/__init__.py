"""The consensus API between a validator and its engine."""
