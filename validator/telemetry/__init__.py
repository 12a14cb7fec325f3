"""What a node tells its operator: log lines and metrics.

Modules:
    logs: ``configure_logging``: console text on a terminal, JSON elsewhere, never a secret.
    metrics: Every metric's name, kind and meaning; ``NodeMetrics``.
    endpoint: ``MetricsServer``: ``/metrics`` for Prometheus.
"""
