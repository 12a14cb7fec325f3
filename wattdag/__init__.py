"""What people touch: the client library, the command line and the demonstrations."""
