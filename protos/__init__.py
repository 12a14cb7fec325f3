"""Every wire format: one versioned protobuf package per area, with its generated Python beside it."""
