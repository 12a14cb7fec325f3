"""The ``wattdag`` command: each module is a command or a group of commands; ``main`` joins them."""
