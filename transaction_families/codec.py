"""Dataclasses to protobuf bytes and back, by field name.

The inside of a family works on frozen dataclasses, the wire on protobuf messages. A ``Codec`` joins a
dataclass and a message whose fields have the same names:

    MARKET_PARAMETERS = Codec(MarketParameters, pb.MarketParameters)
    MARKET_PARAMETERS.decode(MARKET_PARAMETERS.encode(parameters)) == parameters

Field types may be ``int``, ``str``, ``bytes``, ``bool`` (or a ``NewType`` of one), an ``IntEnum``, a
dataclass with a codec of its own, or a ``tuple[X, ...]`` of any of these. Bytes are deterministic: the
messages have no map fields, and fields are written in the order of their numbers.

A codec can remember values, for entries that are read far more often than written and for parts that
recur: the same bytes then give the same object again, which is safe because the dataclasses are frozen.
"""

import dataclasses
from collections.abc import Callable
from enum import IntEnum
from functools import lru_cache
from operator import attrgetter
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

from google.protobuf.message import DecodeError, Message

from transaction_families.errors import MalformedPayloadError, OverflowInt64Error

T = TypeVar("T")
Convert = Callable[[Any], Any]

_BY_CLASS: dict[type, "Codec[Any]"] = {}


class Codec(Generic[T]):
    """Encodes and decodes one dataclass."""

    def __init__(self, cls: type[T], message: type[Message], *, remembered_max: int = 0) -> None:
        """Join a dataclass to its message.

        Args:
            cls: The dataclass.
            message: Its fields have the same names.
            remembered_max: How many values to remember, decoded and encoded.
        """
        assert dataclasses.is_dataclass(cls)
        hints = get_type_hints(cls)
        names = tuple(field.name for field in dataclasses.fields(cls))
        on_wire = {field.name for field in message.DESCRIPTOR.fields}
        assert set(names) == on_wire, f"{cls.__name__} and its message differ: {set(names) ^ on_wire}"
        self._cls = cls
        self._make: Callable[..., T] = lru_cache(remembered_max)(cls) if remembered_max else cls
        self._message = message
        self._names = names
        self._values = attrgetter(*names) if len(names) > 1 else self._single(names[0])
        conversions = [(index, name, _conversion(hints[name])) for index, name in enumerate(names)]
        self._decoders = [(i, name, c[0]) for i, name, c in conversions if c is not None]
        encoders = {name: c[1] for _, name, c in conversions if c is not None and c[1] is not None}
        self._make_message = _compile_to_message(message, names, encoders)
        if remembered_max:
            self.decode = lru_cache(remembered_max)(self.decode)  # type: ignore[method-assign]
            self.to_message = lru_cache(remembered_max)(self.to_message)  # type: ignore[method-assign]
        _BY_CLASS[cls] = self

    @staticmethod
    def _single(name: str) -> Callable[[Any], tuple[Any, ...]]:
        get = attrgetter(name)
        return lambda value: (get(value),)

    def to_message(self, value: T) -> Message:
        """Return the message of ``value``, to be read or copied, not to be changed.

        Raises:
            OverflowInt64Error: A number does not fit its field.
        """
        try:
            return self._make_message(value)
        except ValueError as error:  # the runtime's word for a number out of range
            for name, number in zip(self._names, self._values(value), strict=True):
                if isinstance(number, int) and str(number) in str(error):
                    raise OverflowInt64Error(f"{self._cls.__name__}.{name}", number) from error
            raise

    def from_message(self, message: Message) -> T:
        """Return the dataclass of ``message``.

        Raises:
            MalformedPayloadError: A field is outside its type's domain.
        """
        values = list(self._values(message))
        for index, name, decode in self._decoders:
            try:
                values[index] = decode(values[index])
            except KeyError as error:
                raise MalformedPayloadError(name, values[index], "not one of the enum's values") from error
        return self._make(*values)

    def encode(self, value: T) -> bytes:
        """Return the bytes of ``value``; equal values have equal bytes."""
        return self.to_message(value).SerializeToString()  # same bytes each time: no maps

    def decode(self, data: bytes) -> T:
        """Return the dataclass that ``data`` holds.

        Raises:
            MalformedPayloadError: They are no such message, or a field is outside its type's domain.
        """
        try:
            message = self._message.FromString(data)
        except DecodeError as error:
            raise MalformedPayloadError(self._cls.__name__, data, "not the bytes of this message") from error
        return self.from_message(message)


def _conversion(hint: Any) -> tuple[Convert, Convert | None] | None:
    """Return how to decode and encode a field of this type; ``None`` where both sides hold the same.

    Messages take enum members and tuples as they are; only what they give back has to be converted.
    """
    hint = getattr(hint, "__supertype__", hint)
    if get_origin(hint) is tuple:
        item = _conversion(get_args(hint)[0])
        if item is None:
            return _as_tuple, None
        decode, encode = item
        encode_all = None if encode is None else _each(encode)
        return (lambda values: tuple(map(decode, values))), encode_all
    if isinstance(hint, type) and issubclass(hint, IntEnum):
        return {member.value: member for member in hint}.__getitem__, None
    if nested := _BY_CLASS.get(hint):
        return nested.from_message, nested.to_message
    assert hint in {int, str, bytes, bool}, f"no codec for {hint}"
    return None


def _compile_to_message(
    message: type[Message], names: tuple[str, ...], encoders: dict[str, Convert]
) -> Callable[[Any], Message]:
    """Return what makes the message of a value, written out field by field: one call, no table of names."""
    fields = (
        f"{name}=encode_{name}(value.{name})" if name in encoders else f"{name}=value.{name}"
        for name in names
    )
    scope = {"message": message, **{f"encode_{name}": encode for name, encode in encoders.items()}}
    source = f"lambda value: message({', '.join(fields)})"
    return eval(source, scope)  # type: ignore[no-any-return] # noqa: S307 # the names are the fields'


def _as_tuple(values: Any) -> tuple[Any, ...]:
    return tuple(values[:])  # a slice is a list: iterating over a message's own container is slower


def _each(encode: Convert) -> Convert:
    return lambda values: list(map(encode, values))
