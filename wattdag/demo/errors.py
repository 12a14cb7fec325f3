"""What can be wrong with a demonstration's input."""


class DemoInputError(Exception):
    """A file or an option cannot be used; the text says where and how to mend it."""
