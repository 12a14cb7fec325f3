"""Generate ``protos/**/*_pb2.py`` and ``.pyi`` from the ``.proto`` files, or check that they are current."""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def generate(target: Path) -> list[Path]:
    """Write the generated modules of every ``.proto`` file under ``target`` and return their paths."""
    sources = sorted(path.relative_to(ROOT) for path in (ROOT / "protos").rglob("*.proto"))
    subprocess.run(
        [
            sys.executable, "-m", "grpc_tools.protoc", f"--proto_path={ROOT}",
            f"--python_out={target}", f"--pyi_out={target}", *map(str, sources),
        ],
        cwd=ROOT,
        check=True,
    )  # fmt: skip
    return [
        target / source.with_name(source.stem + suffix)
        for source in sources
        for suffix in ("_pb2.py", "_pb2.pyi")
    ]


def find_drift() -> list[str]:
    """Return one line for each generated file that is missing, different or left over."""
    with tempfile.TemporaryDirectory() as name:
        fresh = {path.relative_to(name): path.read_bytes() for path in generate(Path(name))}
    kept = {path.relative_to(ROOT) for path in (ROOT / "protos").rglob("*_pb2.py*")}
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
