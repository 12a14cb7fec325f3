"""What goes wrong between an old module and a current Python."""


class LegacyModuleError(ImportError):
    """A generated module of the old form cannot be carried over; the message says which and why."""

    def __init__(self, module: str, reason: str) -> None:
        super().__init__(f"{module}: {reason}; generate it again with a current protoc", name=module)
        self.module = module
        self.reason = reason
