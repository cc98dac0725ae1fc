"""What the architecture tests look at: the files of the repository and the layers of .importlinter."""

import configparser
import subprocess
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
OPEN = {
    "kernel",
    "base",
    "policy",
    "lake",
    "access",
}  # packages whose every module may be imported from above


@cache
def files() -> tuple[Path, ...]:
    """Every file that is or would be committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout.split(
        "\0"
    )
    return tuple(path for name in names if name and (path := REPOSITORY / name).is_file())


def python_files(*, migrations: bool = False) -> list[Path]:
    """Python sources and tests, without generated migrations unless asked for."""
    return [
        path for path in files() if path.suffix == ".py" and (migrations or "migrations" not in path.parts)
    ]


def package_files() -> list[Path]:
    """Python sources of the package itself."""
    return [path for path in python_files() if REPOSITORY / "kangcheng" in path.parents]


def shown(path: Path) -> str:
    """The path as a reader knows it."""
    return str(path.relative_to(REPOSITORY))


@cache
def layers() -> tuple[frozenset[str], ...]:
    """The layers from top to bottom."""
    parser = configparser.ConfigParser(comment_prefixes=("#",), inline_comment_prefixes=("#",))
    parser.read(REPOSITORY / ".importlinter", encoding="utf-8")
    lines = parser["importlinter:contract:layers"]["layers"].splitlines()
    return tuple(
        frozenset(word.strip(" ()") for word in line.split("|")) for line in lines if line.strip(" ()")
    )


def depth(package: str) -> int:
    """Number of the layer of a package, 0 at the top."""
    return next(number for number, names in enumerate(layers()) if package in names)


def package(module: str) -> str:
    """`funds` of `kangcheng.funds.ledger.models`; "" for others."""
    parts = module.split(".")
    return parts[1] if parts[0] == "kangcheng" and len(parts) > 1 else ""
