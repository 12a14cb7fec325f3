import stat
from pathlib import Path

import pytest

from signing.errors import ExposedKeyFileError, KeyFileError
from signing.key_files import (
    KEY_FILE_BYTES_MAX,
    read_private_key,
    read_public_key,
    write_key_files,
)
from tests.helpers.signed_messages import ALICE, BOB


def test_written_keys_are_read_back_and_the_private_one_is_for_its_owner_alone(
    tmp_path: Path,
) -> None:
    """The files hold hex digits and a newline, as ``sawtooth keygen`` writes them."""
    private_path, public_path = write_key_files(tmp_path, "alice", ALICE)

    assert private_path.read_text() == f"{ALICE.hex}\n"
    assert public_path.read_text() == f"{ALICE.public_key.hex}\n"
    assert stat.S_IMODE(private_path.stat().st_mode) == 0o600
    assert read_private_key(private_path) == ALICE
    assert read_public_key(public_path) == ALICE.public_key


@pytest.mark.parametrize("suffix", ["priv", "pub"])
def test_a_key_is_never_overwritten(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"alice.{suffix}").write_text("something dear\n")

    with pytest.raises(KeyFileError, match="exists already; choose another name"):
        write_key_files(tmp_path, "alice", BOB)

    assert [path.read_text() for path in tmp_path.iterdir()] == ["something dear\n"]


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602, 0o620, 0o660, 0o777])
def test_a_private_key_that_others_may_read_or_change_is_refused(tmp_path: Path, mode: int) -> None:
    path, _ = write_key_files(tmp_path, "alice", ALICE)
    path.chmod(mode)

    with pytest.raises(ExposedKeyFileError, match=f"{mode:04o} .* chmod 600 {path}"):
        read_private_key(path)


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o640])
def test_a_private_key_for_its_owner_and_at_most_a_reading_group_is_accepted(
    tmp_path: Path, mode: int
) -> None:
    """Sawtooth installs a validator's key with mode 0640."""
    path, _ = write_key_files(tmp_path, "alice", ALICE)
    path.chmod(mode)

    assert read_private_key(path) == ALICE


@pytest.mark.parametrize("content", [b"", b"no key\n", b"\xff\xfe", b"00" * 32, b"11" * KEY_FILE_BYTES_MAX])
def test_a_file_without_a_key_is_reported_with_its_path_and_without_its_content(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "alice.priv"
    path.touch(mode=0o600)
    path.write_bytes(content)

    with pytest.raises(KeyFileError, match=r"alice\.priv") as private_error:
        read_private_key(path)
    with pytest.raises(KeyFileError, match=r"alice\.priv"):
        read_public_key(path)
    assert "no key\n" not in str(private_error.value)


def test_a_missing_file_or_directory_is_reported_with_its_path(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"

    with pytest.raises(KeyFileError, match=r"nowhere.*No such file"):
        read_private_key(missing)
    with pytest.raises(KeyFileError, match="cannot be written: No such file"):
        write_key_files(missing, "alice", ALICE)
