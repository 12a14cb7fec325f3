"""What joins the core to the world: logs on disk, and the loops that run a core for a validator."""
