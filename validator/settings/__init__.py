"""What an operator may choose for a node of a network: one TOML file, environment variables, flags.

A flag beats an environment variable, which beats the file, which beats the default. Every key has one place
in one section, one variable ``WATTDAG_<SECTION>_<KEY>`` and one line in ``docs/reference/configuration.md``.

Modules:
    sections: ``NodeSettings`` and its sections, each key with its bounds and its meaning.
    loading: ``load_settings``: sources merged, and errors that name source, key, value and remedy.
    reference: ``list_settings``: every key as the reference page shows it.
"""

from validator.settings.loading import load_settings
from validator.settings.sections import (
    EngineMode,
    LogFormat,
    LogLevel,
    NodeSettings,
    Seed,
)

__all__ = ["EngineMode", "LogFormat", "LogLevel", "NodeSettings", "Seed", "load_settings"]
