"""The demonstration's report: one HTML file that shows a run to people and loads nothing from elsewhere.

``series`` reckons in integers what is shown, ``time_figures`` and ``party_figures`` turn it into plots,
``tables`` into tables, and ``page`` puts them together. Plotly draws the plots in the reader's browser; its
JavaScript comes from the optional package of that name and is part of the file.

Public names: `render_report`, `Origin`, `SIMBENCH_NOTICE`.
"""

from wattdag.demo.report.page import SIMBENCH_NOTICE, Origin, render_report

__all__ = ["SIMBENCH_NOTICE", "Origin", "render_report"]
