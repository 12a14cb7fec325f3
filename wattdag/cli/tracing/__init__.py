"""Following one trade through the ledger, from its orders to the payment and the tokens.

``trace_trade`` gathers what the ledger and the participants' private chains say and checks that it fits
together; ``render_trace`` shows it to people, ``trace_document`` to scripts::

    view = view_ledger(node.blocks, node.state_at)
    trace = trace_trade(view, None, "first")
    Console().print(render_trace(trace))
"""

from wattdag.cli.tracing.agents import Agents, open_agents
from wattdag.cli.tracing.document import trace_document
from wattdag.cli.tracing.rendering import render_trace
from wattdag.cli.tracing.trace import FIRST, TraceError, TradeTrace, trace_trade

__all__ = [
    "FIRST",
    "Agents",
    "TraceError",
    "TradeTrace",
    "open_agents",
    "render_trace",
    "trace_document",
    "trace_trade",
]
