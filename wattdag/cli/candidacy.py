"""``wattdag election register|bond|vote|...``: stand and vote on a network that runs."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Final, NoReturn, TypeVar

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from transaction_families.accounts.state import ParticipantId
from transaction_families.fdpos_registry.identifiers import Organisation
from transaction_families.fdpos_registry.payload import (
    AddBond,
    CastVotes,
    LockStake,
    ReleaseBond,
    ReleaseStake,
    UnlockStake,
    WithdrawCandidate,
)
from transaction_families.fdpos_registry.state import RoundOutcome, Vote
from transaction_families.token_mining.payload import TransferTokens
from transaction_families.units import INT64_MAX, show_millionths
from wattdag.cli.json_input import EXIT_BAD_INPUT
from wattdag.cli.output import EXIT_FAILED, JsonOption, is_standard_output, write_json
from wattdag.client.client import WattDagClient
from wattdag.client.errors import ClientError, NetworkFileError
from wattdag.client.market import Election
from wattdag.client.network import Network, load_network
from wattdag.client.power import RoundMissedError, prove_power
from wattdag.network.candidacy import candidacy_of_node, organisation_of, prover_of
from wattdag.network.plan import NetworkError
from wattdag.network.rules import TOKEN

NEXT_ROUND_S: Final = 1.0
_TOKEN_DECIMALS: Final = 6

T = TypeVar("T")

NetworkOption = Annotated[
    Path,
    typer.Option("--network", help="The network's description, network.toml."),
]
NodeOption = Annotated[str, typer.Option("--node", help="The node that stands; its operator signs.")]
AsOption = Annotated[str, typer.Option("--as", help="Who signs: a client of network.toml.")]
TokensOption = Annotated[str, typer.Option("--tokens", help="How many tokens, with up to six decimals.")]

app = typer.Typer()


@app.command()
def show(network: NetworkOption, as_: AsOption = "regulator", json: JsonOption = None) -> None:
    """Show the open round, how the last one came out, and who serves from the next epoch on."""
    known = _load(network)

    async def ask(client: WattDagClient) -> tuple[Election, RoundOutcome]:
        return await client.market.election(), await client.market.election_outcome()

    election, outcome = _run(known, as_, ask)
    if json is not None:
        write_json(_document(election, outcome), json)
    if not is_standard_output(json):
        _print(election, outcome)


@app.command()
def give(
    network: NetworkOption,
    as_: AsOption,
    to: Annotated[str, typer.Option(help="The participant who gets them.")],
    tokens: TokensOption,
) -> None:
    """Give tokens to another participant, such as an operator who wants to stand."""
    amount_utoken = _read_tokens(tokens)
    _act(_load(network), as_, TransferTokens(ParticipantId(as_), ParticipantId(to), amount_utoken))


@app.command()
def register(
    network: NetworkOption,
    node: NodeOption,
    bond: Annotated[str, typer.Option(help="Tokens to lock; votes count up to a multiple of them.")],
) -> None:
    """Register a node as its operator's candidate, with a bond. Its consensus key has to be at hand."""
    known = _load(network)
    try:
        candidacy = candidacy_of_node(known, node, _read_tokens(bond))
    except (NetworkError, NetworkFileError) as error:
        _refuse(str(error), EXIT_BAD_INPUT)
    _act(known, candidacy.participant_id, candidacy)


@app.command()
def bond(network: NetworkOption, node: NodeOption, tokens: TokensOption) -> None:
    """Lock more tokens for a candidate."""
    known = _load(network)
    organisation = _organisation(known, node)
    amount_utoken = _read_tokens(tokens)
    _act(known, organisation, AddBond(ParticipantId(organisation), organisation, amount_utoken))


@app.command()
def withdraw(network: NetworkOption, node: NodeOption) -> None:
    """Stand no more; the bond can be released after the unlock delay."""
    known = _load(network)
    organisation = _organisation(known, node)
    _act(known, organisation, WithdrawCandidate(ParticipantId(organisation), organisation))


@app.command()
def release(
    network: NetworkOption,
    as_: AsOption,
    node: Annotated[
        str | None, typer.Option("--node", help="Release this withdrawn candidate's bond, not the stake.")
    ] = None,
) -> None:
    """Get back what is free: a participant's unlocked stake, or a withdrawn candidate's bond."""
    known = _load(network)
    if node is None:
        _act(known, as_, ReleaseStake(ParticipantId(as_)))
    else:
        organisation = _organisation(known, node)
        _act(known, as_, ReleaseBond(ParticipantId(organisation), organisation))


@app.command()
def stake(network: NetworkOption, as_: AsOption, tokens: TokensOption) -> None:
    """Lock tokens as stake, which can vote."""
    amount_utoken = _read_tokens(tokens)
    _act(_load(network), as_, LockStake(ParticipantId(as_), amount_utoken))


@app.command()
def unstake(network: NetworkOption, as_: AsOption, tokens: TokensOption) -> None:
    """Take stake that backs nobody out of the vote; it can be released after the unlock delay."""
    amount_utoken = _read_tokens(tokens)
    _act(_load(network), as_, UnlockStake(ParticipantId(as_), amount_utoken))


@app.command()
def vote(
    network: NetworkOption,
    as_: AsOption,
    votes: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NODE=TOKENS]...", help="Whom to back with how much; none takes all back."),
    ] = None,
) -> None:
    """Spread locked stake over candidates; this replaces the ballot before."""
    known = _load(network)
    given: dict[Organisation, int] = {}
    for text in votes or ():
        node, separator, tokens = text.partition("=")
        if not separator:
            _refuse(f"{text!r} is no vote; write it as node-2=150", EXIT_BAD_INPUT)
        organisation = _organisation(known, node)
        if organisation in given:
            _refuse(f"{node} is named twice; give each node once", EXIT_BAD_INPUT)
        given[organisation] = _read_tokens(tokens)
    ballot = tuple(Vote(organisation, amount) for organisation, amount in sorted(given.items()))
    _act(known, as_, CastVotes(ParticipantId(as_), ballot))


@app.command()
def prove(
    network: NetworkOption,
    node: NodeOption,
    segments: Annotated[int, typer.Option(min=1, help="How much work to do; more counts for more.")],
    rounds: Annotated[
        int, typer.Option(min=0, help="In how many rounds; 0 goes on until it is interrupted.")
    ] = 1,
) -> None:
    """Prove a candidate's computing power: do the round's work, commit to it, open what is drawn.

    Work counts in its round alone, so a candidate that wants it to count runs this all the time.
    """
    known = _load(network)
    try:
        prover = prover_of(known, node)
    except (NetworkError, NetworkFileError) as error:
        _refuse(str(error), EXIT_BAD_INPUT)

    async def work(client: WattDagClient) -> None:
        proven = last = 0
        while not rounds or proven < rounds:
            if (await client.market.election()).clock.round == last:
                await asyncio.sleep(NEXT_ROUND_S)
                continue
            try:
                last = await prove_power(client, prover, segments)
            except RoundMissedError as error:
                typer.echo(str(error), err=True)
                last = error.round
                continue
            proven += 1
            typer.echo(f"round {last}: {segments} segments of {node} are accepted")

    _run(known, prover.participant_id, work)


def _load(network: Path) -> Network:
    try:
        return load_network(network)
    except NetworkFileError as error:
        _refuse(str(error), EXIT_BAD_INPUT)


def _organisation(network: Network, node: str) -> Organisation:
    try:
        return organisation_of(network.get_node(node))
    except (NetworkError, NetworkFileError) as error:
        _refuse(str(error), EXIT_BAD_INPUT)


def _read_tokens(text: str) -> int:
    """Return an amount in base units."""
    try:
        amount = Decimal(text) * TOKEN
        exponent = Decimal(text).as_tuple().exponent
    except InvalidOperation:
        amount, exponent = Decimal(0), 0
    if not isinstance(exponent, int) or exponent < -_TOKEN_DECIMALS or not 0 < amount <= INT64_MAX:
        _refuse(
            f"{text!r} is no amount of tokens; give a number above 0 with up to {_TOKEN_DECIMALS} decimals",
            EXIT_BAD_INPUT,
        )
    return int(amount)


def _act(network: Network, name: str, payload: object) -> None:
    """Have a participant ask for something, and say which block carried it out."""

    async def submit(client: WattDagClient) -> int:
        (done,) = await (await client.submit(network.wallet_of(name), [payload])).committed()
        return done.block_number

    block = _run(network, name, submit)
    typer.echo(f"committed in block {block}")


def _run(network: Network, name: str, use: Callable[[WattDagClient], Awaitable[T]]) -> T:
    async def connect() -> T:
        async with WattDagClient.connect(network.addresses, network.credentials_of(name)) as client:
            return await use(client)

    try:
        return asyncio.run(connect())
    except NetworkFileError as error:
        _refuse(str(error), EXIT_BAD_INPUT)
    except ClientError as error:
        _refuse(str(error), EXIT_FAILED)


def _refuse(text: str, code: int) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(code) from None


def _document(election: Election, outcome: RoundOutcome) -> dict[str, object]:
    return {
        "open_round": election.clock.round,
        "next_committee": [seat.consensus_public_key for seat in election.next_committee],
        "closed_round": outcome.round,
        "renewed": outcome.renewed,
        "standings": [
            {
                "organisation": one.organisation,
                "consensus_key": one.consensus_public_key,
                "result": one.result.name.lower(),
                "rank": one.rank,
                "score": one.score,
                "computing_power_segments": one.computing_power_segments,
                "votes_utoken": one.votes_utoken,
            }
            for one in outcome.standings
        ],
    }


def _print(election: Election, outcome: RoundOutcome) -> None:
    table = Table(
        box=SIMPLE_HEAD,
        title=f"round {outcome.round}: {'renewed' if outcome.renewed else 'the committee stayed'}",
        caption=f"round {election.clock.round} is open; {len(election.next_committee)} serve from the next "
        "epoch on",
    )
    table.add_column("rank", justify="right")
    table.add_column("organisation")
    for heading in ("C, segments", "V, tokens", "score"):
        table.add_column(heading, justify="right")
    table.add_column("result")
    for one in outcome.standings:
        table.add_row(
            str(one.rank or ""),
            one.organisation,
            str(one.computing_power_segments),
            show_millionths(one.votes_utoken),
            one.score,
            one.result.name.lower().replace("_", " "),
        )
    Console().print(table)
