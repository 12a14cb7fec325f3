"""What the pages say about commands, targets, files and errors is true of the code."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer

from transaction_families import errors as common_errors
from transaction_families.accounts import errors as accounts_errors
from wattdag.cli.main import app

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
COMMAND = re.compile(r"(?:^ *|`|/bin/)wattdag ([a-z][a-z-]*(?: [a-z][a-z-]*)?)([^`\n#]*)", re.MULTILINE)
HASH_TAG = re.compile(r"[ \w]*/\d+$")  # `wattdag transaction-chain block/1`: what is hashed, no command


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def find_command(words: str) -> Any:
    """Return the command that one or two words name; a second word may be an argument."""
    command: Any = typer.main.get_command(app)
    for word in words.split():
        if not hasattr(command, "commands"):
            break
        command = command.commands.get(word)
    return command


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    """Links to files are relative to the page and end at a file of the project."""
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_command_shown_exists_with_its_options(page: Path) -> None:
    """A command that a page shows can be typed as it stands there."""
    for words, rest in COMMAND.findall(page.read_text(encoding="utf-8")):
        if HASH_TAG.match(rest):
            continue
        command = find_command(words)
        assert command is not None, f"wattdag {words}"
        known = {option for parameter in command.params for option in parameter.opts}
        known |= {option for parameter in command.params for option in parameter.secondary_opts}
        for option in re.findall(r"(?<=\s)(--[a-z][a-z-]*)", rest):
            assert option in known | {"--help"}, f"wattdag {words} {option}"


def test_every_make_target_shown_exists() -> None:
    """In the pages and in ``.ci/run``."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    texts = [page.read_text(encoding="utf-8") for page in PAGES]
    shown = {target for text in texts for target in re.findall(r"`make ([a-z]+)", text)}
    assert shown - targets == set()
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_make_help_lists_every_target() -> None:
    """Whoever types ``make`` sees what there is."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    shown = subprocess.run(
        ["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert {line.split()[1] for line in shown.splitlines()} == targets


def test_the_accounts_page_names_its_errors() -> None:
    """Each class of the family's own errors stands there, and none that does not exist."""
    page = (ROOT / "docs/reference/accounts.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(\w+Error)`", page))
    own = {error for error in vars(accounts_errors) if error.endswith("Error")}
    assert own <= named
    assert named <= own | set(vars(common_errors))


def test_no_page_names_this_machine() -> None:
    """Pages are for every machine."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"(?<![\w.])/(?:root|work|tmp|home)/", text), name(page)
