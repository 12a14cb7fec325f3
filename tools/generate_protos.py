"""Generate the Python of ``protos/**/*.proto``, typed, or check that it is current.

Every file gives ``*_pb2.py`` and ``.pyi``, and one that defines services ``*_pb2_grpc.py`` and ``.pyi``.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVICE = re.compile(r"^service ", re.MULTILINE)


def generate(target: Path) -> list[Path]:
    """Write the generated modules of every ``.proto`` file under ``target`` and return their paths."""
    sources = sorted(path.relative_to(ROOT) for path in (ROOT / "protos").rglob("*.proto"))
    services = [source for source in sources if SERVICE.search((ROOT / source).read_text())]
    plugin = Path(sys.executable).with_name("protoc-gen-mypy_grpc")
    _run_protoc([f"--python_out={target}", f"--pyi_out={target}"], sources)
    _run_protoc(
        [
            f"--grpc_python_out={target}",
            f"--plugin=protoc-gen-mypy_grpc={plugin}",
            f"--mypy_grpc_out={target}",
        ],
        services,
    )
    return [
        *_outputs(target, sources, ("_pb2.py", "_pb2.pyi")),
        *_outputs(target, services, ("_pb2_grpc.py", "_pb2_grpc.pyi")),
    ]


def _run_protoc(options: list[str], sources: list[Path]) -> None:
    if sources:
        command = [sys.executable, "-m", "grpc_tools.protoc", f"--proto_path={ROOT}", *options]
        subprocess.run([*command, *map(str, sources)], cwd=ROOT, check=True)


def _outputs(target: Path, sources: list[Path], suffixes: tuple[str, ...]) -> list[Path]:
    return [target / source.with_name(source.stem + suffix) for source in sources for suffix in suffixes]


def find_drift() -> list[str]:
    """Return one line for each generated file that is missing, different or left over."""
    with tempfile.TemporaryDirectory() as name:
        fresh = {path.relative_to(name): path.read_bytes() for path in generate(Path(name))}
    kept = {path.relative_to(ROOT) for path in (ROOT / "protos").rglob("*_pb2*.py*")}
    problems = [f"left over: {path}" for path in sorted(kept - fresh.keys())]
    for path, content in sorted(fresh.items()):
        present = ROOT / path
        if not present.exists() or present.read_bytes() != content:
            problems.append(f"not current: {path}")
    return problems


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 on a difference")
    if not parser.parse_args().check:
        print(f"{len(generate(ROOT))} files written")
        return 0
    problems = find_drift()
    for problem in problems:
        print(f"{problem}: run `make protos` and commit the result", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
