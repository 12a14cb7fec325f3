"""What stands before every call: time for its request, who calls, how many at once, errors to statuses."""
