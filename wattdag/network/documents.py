"""The texts of a network's directory: ``network.toml``, each ``node.toml``, and the README."""

import json
from collections.abc import Iterable, Mapping
from typing import Final

from validator.settings import EngineMode
from validator.settings.sections import KeeperSection
from wattdag.network.members import Member, Members, NodeMember
from wattdag.network.plan import NetworkPlan, NodeAddresses

GENESIS_FILE: Final = "genesis.bin"
AUTHORITY_CERTIFICATE_FILE: Final = "authority.crt"
DESCRIPTOR_FILE: Final = "network.toml"
NODE_FILE: Final = "node.toml"
DATA_DIRECTORY: Final = "data"
ENGINE_DIRECTORY: Final = "engine"

_FALLBACKS_PER_EPOCH: Final = 5
"""So that the closing of a round is not missed because the node whose turn it is to send it is down."""

_Value = str | int | bool


def node_directory(node: NodeMember) -> str:
    """Return a node's directory in the network's."""
    return f"nodes/{node.name}"


def client_directory(member: Member) -> str:
    """Return a member's directory in the network's."""
    return f"clients/{member.id}"


def render_descriptor(plan: NetworkPlan, members: Members) -> str:
    """Return ``network.toml``: what a client needs to know of a network; it holds no secret itself."""
    blocks = [
        _table(
            "",
            {
                "chain_id": plan.chain_id,
                "authority_file": AUTHORITY_CERTIFICATE_FILE,
                "genesis_file": GENESIS_FILE,
                "is_production": not plan.is_demo,
                "time_scale": plan.time_scale,
                "epoch_s": plan.epoch_s,
            },
        )
    ]
    for index, node in enumerate(members.nodes):
        blocks.append(render_node_entry(node, plan.addresses_of(index)))
    blocks += map(render_client_entry, members.everybody)
    return "\n".join(blocks)


def render_node_entry(node: NodeMember, addresses: NodeAddresses) -> str:
    """Return a node's table in ``network.toml``."""
    return _table(
        "[[nodes]]",
        {
            "name": node.name,
            "operator": node.operator.id,
            "validator_key": node.validator_key.public_key.hex,
            "consensus_key": node.consensus_key.public_key.hex,
            "peers": addresses.peers,
            "clients": addresses.clients,
            "metrics": addresses.metrics,
            "config_file": f"{node_directory(node)}/{NODE_FILE}",
        },
    )


def render_client_entry(member: Member) -> str:
    """Return a member's table in ``network.toml``."""
    directory = client_directory(member)
    files = {
        "account_key_file": f"{directory}/account.priv",
        "certificate_file": f"{directory}/tls.crt",
        "key_file": f"{directory}/tls.key",
    }
    if member.metering_point is not None:
        files["meter_key_file"] = f"{directory}/meter.priv"
        files["metering_point"] = member.metering_point.metering_point_id
    return _table("[[clients]]", {"name": member.id, "role": member.role.value, **files})


def render_node(
    name: str,
    addresses: NodeAddresses,
    seeds: Iterable[tuple[str, str]],
    *,
    epoch_s: int,
    engine_mode: EngineMode = EngineMode.IN_PROCESS,
    reflection: bool = False,
) -> str:
    """Return a node's ``node.toml``: only what has no default, or differs from it.

    Args:
        name: The node's.
        addresses: Where it listens and is reached.
        seeds: Validator key and address for peers of the nodes to dial first.
        epoch_s: Length of an epoch and of an election round, in real seconds.
        engine_mode: Where its engine runs.
        reflection: Whether it tells clients what methods there are.
    """
    sections: list[tuple[str, Mapping[str, _Value]]] = [
        (
            "[node]",
            {
                "name": name,
                "data_dir": DATA_DIRECTORY,
                "validator_key_file": "validator.priv",
                "genesis_file": GENESIS_FILE,
            },
        ),
        (
            "[tls]",
            {
                "authority_file": AUTHORITY_CERTIFICATE_FILE,
                "certificate_file": "tls.crt",
                "key_file": "tls.key",
            },
        ),
        ("[peers]", {"listen": addresses.listen_peers, "advertise": addresses.peers}),
        *(("[[peers.seeds]]", {"validator_key": key, "endpoint": peers}) for key, peers in seeds),
        ("[clients]", {"listen": addresses.listen_clients, "reflection": reflection}),
        (
            "[engine]",
            {
                "mode": engine_mode.value,
                "consensus_key_file": "consensus.priv",
                "log_dir": ENGINE_DIRECTORY,
            },
        ),
        ("[metrics]", {"listen": addresses.metrics}),
    ]
    if (fallback_s := max(1, epoch_s // _FALLBACKS_PER_EPOCH)) < KeeperSection().fallback_s:
        sections.append(("[keeper]", {"fallback_s": fallback_s}))
    return "\n".join(_table(heading, values) for heading, values in sections)


def render_readme(plan: NetworkPlan, members: Members) -> str:
    """Return the README of a network's directory."""
    kind = f"a demo, {plan.time_scale} ledger seconds in a real one" if plan.is_demo else "in earnest"
    return f"""# Network {plan.chain_id}

{len(members.nodes)} nodes; epochs of {plan.epoch_s} s; {kind}. Made by `wattdag network init`.

| here | what it is | who gets it |
|---|---|---|
| `nodes/NAME/` | all of a node: configuration, keys, certificate, genesis | the node's machine |
| `clients/NAME/` | a participant's account key and certificate, a trader's meter key | that participant |
| `network.toml` | the nodes' keys and addresses, where clients' files are; no secret | clients |
| `authority.crt`, `genesis.bin` | the network's authority, and block 0 | everybody |
| `authority.key` | signs certificates of new nodes and clients | nobody: keep it off line |

Start a node: `wattdag node run --config nodes/{members.nodes[0].name}/node.toml`
Look at it:   `wattdag node status --network network.toml`

Files that end in `.priv` or `.key` are secret, with mode 0600. Whoever has them is their owner on the ledger.
"""


def _table(heading: str, values: Mapping[str, _Value]) -> str:
    """Return a TOML table; texts are quoted as JSON does, which TOML's basic strings take."""
    lines = [heading] if heading else []
    lines += [f"{key} = {json.dumps(value)}" for key, value in values.items()]
    return "\n".join(lines) + "\n"
