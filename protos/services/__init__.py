"""The services that a node offers to clients."""
