"""``wattdag election``: work out a round, and show what its rules buy against fraud.

What acts on a network that runs is in `wattdag.cli.candidacy`.
"""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final, Literal

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from consensus_engine.election import (
    Candidate,
    CandidateId,
    Election,
    ElectionParameters,
    Standing,
    Unseated,
    WeightMode,
    Weights,
    elect,
)
from consensus_engine.election.arithmetic import quantise
from consensus_engine.errors import ElectionError
from wattdag.cli import candidacy
from wattdag.cli.election_fraud import election_fraud
from wattdag.cli.json_input import (
    EXIT_BAD_INPUT,
    BadInputError,
    DecimalNumber,
    Document,
    WholeNumber,
    read_document,
)
from wattdag.cli.output import JsonOption, is_standard_output, write_json

SEAT_COLUMN: Final = {
    None: "yes",
    Unseated.OUTRANKED: "outranked",
    Unseated.NOT_ELIGIBLE: "C too low",
}

app = typer.Typer(
    no_args_is_help=True, help="Work out elections of super nodes; stand and vote on a network that runs."
)
app.command("fraud")(election_fraud)
app.registered_commands += candidacy.app.registered_commands


class ParametersDocument(Document):
    """``parameters``: what the round is held by; the paper's letters for its coefficients."""

    seats: WholeNumber
    weights: tuple[DecimalNumber, DecimalNumber, DecimalNumber]
    computing_power_min: DecimalNumber
    weight_mode: Literal["fixed", "adaptive"] = "adaptive"
    rho: DecimalNumber = Decimal("0.75")
    eta: DecimalNumber = Decimal(1)
    gamma: DecimalNumber = Decimal(1)
    epsilon: DecimalNumber = Decimal("0.1")


class CandidateDocument(Document):
    """One of ``candidates``."""

    id: str
    computing_power: DecimalNumber
    growth_rate: DecimalNumber
    votes: DecimalNumber


class RoundDocument(Document):
    """The whole file: one election round."""

    parameters: ParametersDocument
    candidates: list[CandidateDocument]


def read_round(path: Path) -> tuple[ElectionParameters, list[Candidate]]:
    """Return the round described by the JSON file ``path``.

    Raises:
        BadInputError: The file is not such a document, or a figure is outside its domain.
    """
    document = read_document(path, RoundDocument)
    given = document.parameters
    try:
        parameters = ElectionParameters(
            seats=given.seats,
            weights=Weights(*given.weights),
            computing_power_min=given.computing_power_min,
            rho=given.rho,
            eta=given.eta,
            gamma=given.gamma,
            weight_mode=WeightMode(given.weight_mode),
            epsilon=given.epsilon,
        )
        candidates = [
            Candidate(CandidateId(one.id), one.computing_power, one.growth_rate, one.votes)
            for one in document.candidates
        ]
    except ElectionError as error:
        raise BadInputError(f"{path}: {error}") from error
    return parameters, candidates


@app.command()
def score(
    file: Annotated[Path, typer.Argument(help="The round: parameters and candidates, as JSON.")],
    json: JsonOption = None,
) -> None:
    """Score the candidates in FILE and show who is seated, and why others are not.

    Any odd number of seats is accepted, and with fewer eligible candidates than seats all of them
    are seated. On the ledger the old committee stays then.
    """
    try:
        parameters, candidates = read_round(file)
        election = elect(candidates, parameters)
    except BadInputError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_BAD_INPUT) from error
    except ElectionError as error:
        typer.echo(f"{file}: {error}", err=True)
        raise typer.Exit(EXIT_BAD_INPUT) from error
    if json is not None:
        write_json(election_document(election), json)
    if not is_standard_output(json):
        print_election(election)


def election_document(election: Election) -> dict[str, object]:
    """Return the outcome as the JSON document of ``docs/reference/election.md``."""
    return {
        "weights": [decimals(weight) for weight in weights_of(election)],
        "vote_concentration": decimals(election.concentration),
        "seats": election.seats,
        "seated": len(election.seated),
        "ranking": [standing_document(standing) for standing in election.ranking],
    }


def standing_document(standing: Standing) -> dict[str, object]:
    """Return one entry of ``ranking``."""
    figures = standing.figures
    return {
        "id": standing.candidate.id,
        "rank": standing.rank,
        "eligible": standing.is_eligible,
        "score": decimals(standing.score),
        "seated": standing.is_seated,
        "reason": None if standing.unseated is None else standing.unseated.value,
        "computing_power": f"{standing.candidate.computing_power:f}",
        "growth_rate": f"{standing.candidate.growth_rate:f}",
        "votes": f"{standing.candidate.votes:f}",
        "scaled": None
        if figures is None
        else {
            "computing_power": decimals(figures.computing_power),
            "growth_rate": decimals(figures.growth_rate),
            "votes": decimals(figures.votes),
        },
    }


def print_election(election: Election) -> None:
    """Print the ranking as a table, with each candidate's figures, score and fate."""
    d1, d2, d3 = (f"{quantise(weight):.6f}" for weight in weights_of(election))
    table = Table(
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        title=f"{len(election.seated)} of {election.seats} seats filled",
        caption=f"weights of C, I, V: {d1}, {d2}, {d3}; "
        f"vote concentration {quantise(election.concentration):.6f}",
    )
    table.add_column("rank", justify="right")
    table.add_column("candidate", overflow="fold")
    for name in ("C", "I", "V"):
        table.add_column(name, justify="right", overflow="fold")
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("seat")
    for standing in election.ranking:
        one = standing.candidate
        table.add_row(
            str(standing.rank or ""),
            escape(one.id),
            *(f"{value:f}" for value in (one.computing_power, one.growth_rate, one.votes)),
            decimals(standing.score) if standing.is_eligible else "",
            SEAT_COLUMN[standing.unseated],
        )
    Console().print(table)


def weights_of(election: Election) -> tuple[Decimal, Decimal, Decimal]:
    """Return d1, d2 and d3 of the round."""
    weights = election.weights
    return weights.computing_power, weights.growth_rate, weights.votes


def decimals(value: Decimal) -> str:
    """Return ``value`` with 18 decimals."""
    return f"{quantise(value):f}"
