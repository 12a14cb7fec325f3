"""The SDK's messages, built from its modules: complete, and byte for byte the same as ours."""

import pickle
import pkgutil
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import MessageToDict, ParseDict
from hypothesis import given
from hypothesis import strategies as st

import sawtooth_compat
from sawtooth_compat.errors import LegacyModuleError

sawtooth_compat.install()

PROTOBUF = import_module("sawtooth_sdk.protobuf")
MODULES = sorted(module.name for module in pkgutil.iter_modules(PROTOBUF.__path__))
OURS = sorted(
    path.stem
    for path in (Path(__file__).parents[3] / "protos" / "sawtooth").glob("*_pb2.py")
    if path.stem in MODULES
)

OLD_STYLE = """
from google.protobuf import descriptor as _descriptor
{imports}
DESCRIPTOR = _descriptor.FileDescriptor(
  name='{name}',
  {serialized}
)
raise AssertionError("this module must not be run")
"""


def theirs(module: str) -> Any:
    return import_module(f"sawtooth_sdk.protobuf.{module}")


def shared_messages() -> list[tuple[str, str]]:
    """Return module and name of each message that is both theirs and ours."""
    return [
        (module, name)
        for module in OURS
        for name in sorted(import_module(f"protos.sawtooth.{module}").DESCRIPTOR.message_types_by_name)
        if hasattr(theirs(module), name)
    ]


def test_the_sdk_has_26_message_modules() -> None:
    assert len(MODULES) == 26


@pytest.mark.parametrize("name", MODULES)
def test_each_module_of_the_sdk_imports_with_all_its_messages(name: str) -> None:
    """Each message has its class, and the private name of its descriptor, as generated code has them."""
    module = theirs(name)

    assert Path(module.__file__).is_file()
    assert module.DESCRIPTOR.name == f"sawtooth_sdk/protobuf/{name.removesuffix('_pb2')}.proto"
    assert module.DESCRIPTOR.message_types_by_name
    for message in module.DESCRIPTOR.message_types_by_name.values():
        made = getattr(module, message.name)
        assert made.DESCRIPTOR is message
        assert made.__module__ == module.__name__
        assert getattr(module, f"_{message.name.upper()}") is message
        assert made.FromString(made().SerializeToString()) == made()


def test_nested_types_have_their_private_names() -> None:
    validator, setting = theirs("validator_pb2"), theirs("setting_pb2")

    assert validator._MESSAGE_MESSAGETYPE.values_by_name["TP_PROCESS_REQUEST"].number == 5
    assert validator.Message.MessageType.Name(validator.Message.TP_PROCESS_REQUEST) == "TP_PROCESS_REQUEST"
    assert setting._SETTING_ENTRY is setting.Setting.Entry.DESCRIPTOR


def test_a_message_of_the_sdk_can_be_pickled() -> None:
    entry = theirs("setting_pb2").Setting.Entry(key="key", value="value")
    setting = theirs("setting_pb2").Setting(entries=[entry])

    assert pickle.loads(pickle.dumps(setting)) == setting


def test_both_sets_of_messages_live_in_one_process() -> None:
    """Theirs have no package: they have a pool of their own."""
    ours = import_module("protos.sawtooth.batch_pb2")

    assert ours.Batch.DESCRIPTOR.full_name == "wattdag.sawtooth.v1.Batch"
    assert theirs("batch_pb2").Batch.DESCRIPTOR.full_name == "Batch"
    assert theirs("batch_pb2").DESCRIPTOR.pool is not ours.DESCRIPTOR.pool


def messages(message_class: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for messages of a class with any content."""
    fields = {field.name: values(field) for field in message_class.DESCRIPTOR.fields}
    return st.fixed_dictionaries({}, optional=fields).map(lambda content: message_class(**content))


def values(field: FieldDescriptor) -> st.SearchStrategy[Any]:
    match field.type:
        case FieldDescriptor.TYPE_MESSAGE:
            one: st.SearchStrategy[Any] = messages(field.message_type._concrete_class)
        case FieldDescriptor.TYPE_ENUM:
            one = st.sampled_from(sorted(field.enum_type.values_by_number))
        case FieldDescriptor.TYPE_STRING:
            one = st.text(max_size=5)
        case FieldDescriptor.TYPE_BYTES:
            one = st.binary(max_size=5)
        case FieldDescriptor.TYPE_UINT32:
            one = st.integers(0, 2**32 - 1)
        case FieldDescriptor.TYPE_BOOL:
            one = st.booleans()
        case kind:
            assert kind == FieldDescriptor.TYPE_UINT64
            one = st.integers(0, 2**64 - 1)
    return st.lists(one, max_size=2) if field.is_repeated else one


@given(data=st.data())
def test_every_message_has_the_same_bytes_here_and_there(data: st.DataObject) -> None:
    """Ours read by theirs, and theirs read by ours, are written again as the same bytes and content."""
    module, name = data.draw(st.sampled_from(shared_messages()))
    ours = data.draw(messages(getattr(import_module(f"protos.sawtooth.{module}"), name)))

    encoded = ours.SerializeToString()
    read = getattr(theirs(module), name).FromString(encoded)
    written = ParseDict(MessageToDict(ours), type(read)())

    assert read.SerializeToString() == encoded
    assert MessageToDict(read) == MessageToDict(ours)
    assert written.SerializeToString() == encoded


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder on the import path; forget afterwards what was imported from there."""
    monkeypatch.syspath_prepend(tmp_path)
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:
        del sys.modules[name]


def write_module(path: Path, serialized: str, *, name: str = "any.proto", imports: str = "") -> None:
    path.parent.mkdir(exist_ok=True)
    text = OLD_STYLE.format(name=name, serialized=serialized, imports=imports)
    path.write_text(text, encoding="utf-8")


def serialized_file(name: str, message: str, *dependencies: str, package: str = "") -> str:
    """Return the keyword argument by which an old module holds a file with one message."""
    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    file = FileDescriptorProto(name=name, package=package, syntax="proto3", dependency=dependencies)
    file.message_type.add(name=message)
    if dependencies:
        field = file.message_type[0].field.add(name="part", number=1, type=11, label=1)
        field.type_name = ".google.protobuf.Timestamp" if "google" in dependencies[0] else ".Inner"
    return f"serialized_pb={file.SerializeToString()!r}"


def test_a_processor_s_own_old_messages_go_where_new_ones_go(folder: Path) -> None:
    """In protobuf's default pool, together with protobuf's own, such as timestamps."""
    from google.protobuf.timestamp_pb2 import Timestamp

    serialized = serialized_file("own_1.proto", "Own", "google/protobuf/timestamp.proto", package="own_1")
    imports = "from google.protobuf import timestamp_pb2 as google_dot_timestamp__pb2"
    write_module(folder / "own_1_pb2.py", serialized, imports=imports)

    own = import_module("own_1_pb2").Own(part=Timestamp(seconds=5))

    assert own.part == Timestamp(seconds=5)


def test_a_second_copy_of_sawtooth_s_messages_does_not_clash(folder: Path) -> None:
    """Sawtooth's command line and REST server bring copies of the SDK's messages."""
    serialized = serialized_file("sawtooth_other/batch.proto", "Batch")
    write_module(folder / "sawtooth_other" / "batch_pb2.py", serialized)

    copy = import_module("sawtooth_other.batch_pb2").Batch

    assert copy is not theirs("batch_pb2").Batch


def test_a_file_follows_what_it_imports_also_relatively(folder: Path) -> None:
    package = folder / "sawtooth_relative"
    write_module(package / "inner_pb2.py", serialized_file("inner.proto", "Inner"))
    write_module(
        package / "outer_pb2.py",
        serialized_file("outer.proto", "Outer", "inner.proto"),
        imports="from . import inner_pb2 as inner__pb2",
    )

    outer = import_module("sawtooth_relative.outer_pb2").Outer
    inner = import_module("sawtooth_relative.inner_pb2").Inner

    assert outer(part=inner()).HasField("part")


def test_a_module_of_the_new_form_is_left_alone(folder: Path) -> None:
    (folder / "new_pb2.py").write_text("DESCRIPTOR = None\n", encoding="utf-8")

    assert import_module("new_pb2").DESCRIPTOR is None


@pytest.mark.parametrize(
    ("serialized", "imports", "reason"),
    [
        ("package=''", "", "no DESCRIPTOR with a serialized_pb"),
        ("serialized_pb=make()", "", "no literal"),
        ("serialized_pb='\\u20ac'", "", "no text of bytes"),
        ("serialized_pb=b'\\xff\\xff'", "", "no file descriptor"),
        ("serialized_pb=b'' syntax error", "", "cannot be read"),
        ("serialized_pb=b''", "from ... import other_pb2", "out of its package"),
        (serialized_file("any.proto", "Clash", "missing.proto"), "", "does not fit in"),
    ],
)
def test_a_module_that_cannot_be_carried_over_says_why(
    folder: Path, serialized: str, imports: str, reason: str
) -> None:
    """The error is an import error and names the module."""
    write_module(folder / "sawtooth_damaged" / "bad_pb2.py", serialized, imports=imports)

    with pytest.raises(LegacyModuleError, match=reason) as raised:
        import_module("sawtooth_damaged.bad_pb2")

    assert raised.value.name == "sawtooth_damaged.bad_pb2"


def test_messages_of_two_copies_cannot_be_mixed(folder: Path) -> None:
    """A file belongs to one pool."""
    for package in ("sawtooth_left", "sawtooth_right"):
        write_module(folder / package / "inner_pb2.py", serialized_file("inner.proto", "Inner"))
    write_module(
        folder / "mixed_pb2.py",
        serialized_file("mixed.proto", "Mixed", "inner.proto"),
        imports="import sawtooth_left.inner_pb2\nimport sawtooth_right.inner_pb2",
    )

    with pytest.raises(LegacyModuleError, match="two packages"):
        import_module("mixed_pb2")


def test_a_module_that_is_not_there_is_reported_as_ever() -> None:
    with pytest.raises(ModuleNotFoundError, match="absent_pb2"):
        import_module("absent_pb2")


def test_after_uninstall_old_modules_fail_as_they_would_without(folder: Path) -> None:
    write_module(folder / "later_pb2.py", serialized_file("later.proto", "Later", package="later"))
    sawtooth_compat.uninstall()
    sawtooth_compat.uninstall()
    try:
        with pytest.raises(TypeError, match="FileDescriptor"):
            import_module("later_pb2")
    finally:
        sawtooth_compat.install()
        sawtooth_compat.install()
    assert import_module("later_pb2").Later()
