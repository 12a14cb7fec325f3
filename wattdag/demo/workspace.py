"""Where a demonstration writes: a folder of its own, emptied of an earlier run and of nothing else."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wattdag.demo.errors import DemoInputError

_MARKER: Final = ".wattdag-demo"
_OWN_FOLDERS: Final = ("node", "network", "agents")


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder of one run."""

    folder: Path

    @property
    def node_dir(self) -> Path:
        """The data directory of a demonstration on one node."""
        return self.folder / "node"

    @property
    def network_dir(self) -> Path:
        """The directory of a demonstration on a network, with every node's in it."""
        return self.folder / "network"

    @property
    def agents_dir(self) -> Path:
        """The participants' private chains."""
        return self.folder / "agents"

    def write_json(self, name: str, document: Mapping[str, object]) -> Path:
        """Write a document and return its path."""
        text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        return self.write_text(name, text)

    def write_text(self, name: str, text: str) -> Path:
        """Write a file and return its path."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path


def prepare_workspace(folder: Path) -> Workspace:
    """Return an empty workspace in ``folder``; an earlier run's ledger there is removed.

    Raises:
        DemoInputError: The folder holds a ledger that no demonstration made, or cannot be written.
    """
    workspace = Workspace(folder)
    marker = folder / _MARKER
    try:
        if not marker.exists():
            for name in _OWN_FOLDERS:
                if (folder / name).exists():
                    raise DemoInputError(
                        f"{folder / name} was made by no demonstration; choose another --out, or move it away"
                    )
        folder.mkdir(parents=True, exist_ok=True)
        marker.touch()
        for name in _OWN_FOLDERS:
            shutil.rmtree(folder / name, ignore_errors=True)
        workspace.agents_dir.mkdir()
    except OSError as error:
        raise DemoInputError(f"{folder}: {error.strerror}") from error
    return workspace
