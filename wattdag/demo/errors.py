"""What can go wrong with a demonstration, apart from its ledger."""


class DemoInputError(Exception):
    """A file or an option cannot be used; the text says where and how to mend it."""


class ReportUnavailableError(Exception):
    """The report cannot be made: the package that draws its plots is not installed."""

    def __init__(self) -> None:
        super().__init__("no report: its plots need plotly; install it with: pip install 'wattdag[report]'")
