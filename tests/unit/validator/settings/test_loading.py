"""Where a node's settings come from, and what is said of those that cannot be."""

from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consensus_engine.parameters import LocalParameters
from tests.helpers.signed_messages import ALICE
from validator.errors import ConfigError
from validator.journal.pending import PendingLimits
from validator.networking.limits import PeerLimits
from validator.services.limits import ServiceLimits
from validator.settings import EngineMode, LogFormat, LogLevel, NodeSettings, load_settings
from validator.settings.reference import list_settings

MINIMAL = """
[node]
data_dir = "data"
validator_key_file = "keys/validator.priv"
genesis_file = "../genesis.bin"

[tls]
authority_file = "../authority.crt"
certificate_file = "/etc/tls/node.crt"
key_file = "node.key"

[peers]
listen = "127.0.0.1:7400"

[clients]
listen = "[::1]:7500"

[engine]
consensus_key_file = "keys/consensus.priv"
log_dir = "engine"
"""


def load(path: Path, text: str = MINIMAL, *, env: Any = None, flags: Any = None) -> NodeSettings:
    file = path / "node.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file, environment=env or {}, flags=flags)


def test_paths_are_relative_to_the_file_and_the_rest_has_defaults(tmp_path: Path) -> None:
    """Wherever the node is started from."""
    loaded = load(tmp_path)

    assert loaded.node.data_dir == tmp_path / "data"
    assert loaded.node.genesis_file == tmp_path / "../genesis.bin"
    assert loaded.tls.certificate_file == Path("/etc/tls/node.crt")
    assert loaded.engine.listen == f"unix:{tmp_path}/engine.sock"
    assert loaded.engine.to_local_parameters() == LocalParameters(push_delay_ms=1_000)
    assert loaded.pending.to_limits() == PendingLimits()
    assert (loaded.engine.mode, loaded.log.format) == (EngineMode.IN_PROCESS, LogFormat.AUTO)


def test_a_flag_beats_a_variable_which_beats_the_file_which_beats_the_default(tmp_path: Path) -> None:
    """Each source alone, then all of them."""
    variables = {"WATTDAG_LOG_LEVEL": "error", "WATTDAG_NODE_DATA_DIR": "elsewhere", "HOME": "/"}
    text = MINIMAL + '[log]\nlevel = "debug"\n'

    assert load(tmp_path).log.level is LogLevel.INFO
    assert load(tmp_path, text).log.level is LogLevel.DEBUG
    assert load(tmp_path, text, env=variables).log.level is LogLevel.ERROR
    assert load(tmp_path, text, env=variables).node.data_dir == tmp_path / "elsewhere"
    flags = {"log.level": "warning"}
    assert load(tmp_path, text, env=variables, flags=flags).log.level is LogLevel.WARNING


def test_seeds_are_read_with_their_keys(tmp_path: Path) -> None:
    """A node to dial first has the key it must prove."""
    seed = f'\n[[peers.seeds]]\nvalidator_key = "{ALICE.public_key.hex}"\nendpoint = "node-2.example:7400"\n'
    (loaded,) = load(tmp_path, MINIMAL + seed).peers.seeds

    assert (loaded.validator_key, loaded.endpoint) == (ALICE.public_key.hex, "node-2.example:7400")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ("[node]", "[node]\nnmae = 'x'"),
            r"node\.toml: .* no key node\.nmae; did you mean node\.name",
        ),
        (("[node]", "[nodes]"), r"section \[node\] is missing"),
        (('log_dir = "engine"', ""), r"engine\.log_dir is missing; add `log_dir = \.\.\.` under \[engine\]"),
        (("log_dir", "mode = 'far'\nlog_dir"), r"engine\.mode is 'far'; it must be 'in-process' or 'remote'"),
        (("log_dir", "sync_gap = 0\nlog_dir"), r"engine\.sync_gap is '0'; it must be greater than or equal"),
        (("127.0.0.1:7400", "127.0.0.1"), r"peers\.listen is '127\.0\.0\.1'; it must be HOST:PORT"),
        (("[node]", "top = 1\n[node]"), r"top stands outside of a section"),
        (("[node]", "[node"), "this is no TOML"),
        (("[engine]", "[bundles]\nbytes_max=99999999\n[engine]"), r"bundles\.bytes_max is '99999999'"),
        (
            ("[clients]", "[[peers.seeds]]\nvalidator_key='02'\nendpoint='a:1'\n[clients]"),
            r"peers\.seeds\.0\.validator_key is '02'; it must be a compressed",
        ),
    ],
)
def test_a_fault_is_named_with_its_place_and_its_remedy(
    tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    """File, key, value, and what it must be instead."""
    with pytest.raises(ConfigError, match=said):
        load(tmp_path, MINIMAL.replace(*change, 1))


def test_all_faults_are_named_at_once_each_with_its_source(tmp_path: Path) -> None:
    """So that nobody mends one to meet the next."""
    with pytest.raises(ConfigError) as caught:
        load(
            tmp_path,
            env={"WATTDAG_CLIENTS_REFLECTION": "perhaps"},
            flags={"execution.verify_workers": "-1"},
        )
    said = str(caught.value)
    assert "environment variable WATTDAG_CLIENTS_REFLECTION: clients.reflection is 'perhaps'" in said
    assert "flag execution.verify_workers: execution.verify_workers is '-1'" in said


def test_a_variable_or_flag_that_names_no_key_is_refused(tmp_path: Path) -> None:
    """A slip in a name would otherwise change nothing, silently."""
    with pytest.raises(ConfigError, match=r"WATTDAG_LOG_LEVLE: .* did you mean WATTDAG_LOG_LEVEL"):
        load(tmp_path, env={"WATTDAG_LOG_LEVLE": "debug"})
    with pytest.raises(ConfigError, match=r"flag log\.levle=debug: .* did you mean log\.level"):
        load(tmp_path, flags={"log.levle": "debug"})
    with pytest.raises(ConfigError, match=r"flag peers\.seeds="):
        load(tmp_path, flags={"peers.seeds": "[]"})


def test_a_file_that_is_not_there_or_far_too_long_is_named(tmp_path: Path) -> None:
    """As an operator mistypes it."""
    with pytest.raises(ConfigError, match=r"nowhere\.toml: .*No such file"):
        load_settings(tmp_path / "nowhere.toml", environment={})
    with pytest.raises(ConfigError, match="longer than"):
        load(tmp_path, "#" * 2**21)


def test_the_socket_of_a_remote_engine_has_a_path_that_a_socket_can_have(tmp_path: Path) -> None:
    """The system would refuse it later, with a word that helps nobody."""
    address = f'mode = "{{}}"\nlisten = "unix:{"d" * 120}"\nlog_dir'
    assert load(tmp_path, MINIMAL.replace("log_dir", address.format("in-process")))
    with pytest.raises(ConfigError, match=r"at most 107 bytes.*shorter directory"):
        load(tmp_path, MINIMAL.replace("log_dir", address.format("remote")))


def test_every_habit_of_the_engine_is_a_key() -> None:
    """With the engine's own default, but that links which lose nothing need no haste in pushing."""
    keys = {each.key: each.default for each in list_settings() if each.section == "engine"}
    habits = LocalParameters(push_delay_ms=1_000)
    assert {each: str(value) for each, value in asdict(habits).items()}.items() <= keys.items()


def test_every_limit_of_the_services_is_a_key(tmp_path: Path) -> None:
    """With the services' own default, and the links' limits with theirs."""
    loaded = load(tmp_path, flags={"clients.wait_s_max": "2.5", "peers.connections_max": "9"})
    assert loaded.clients.to_limits() == replace(ServiceLimits(), wait_s_max=2.5)
    assert loaded.peers.to_limits() == replace(PeerLimits(), connections_max=9)
    keys = {each.key for each in list_settings() if each.section == "clients"}
    assert {each.name for each in fields(ServiceLimits)} <= keys


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(text=st.text(max_size=200))
def test_no_text_makes_loading_crash(tmp_path: Path, text: str) -> None:
    """It is a configuration or a `ConfigError`."""
    with pytest.raises(ConfigError):
        load(tmp_path, text.encode("utf-8", "replace").decode())
