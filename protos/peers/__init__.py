"""Links between the validators of a network."""
