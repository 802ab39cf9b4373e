"""Virtual environments from conda or pip specifications: built once, kept in the store, not needed where all is installed already.

`DESIGNER_ENVIRONMENTS=current` runs everything in the current interpreter, whatever is asked for.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from designer.store.place import Place

VARIABLE = "DESIGNER_ENVIRONMENTS"
_OURS = "sqlalchemy>=2.0.36"  # reading back what was logged needs it
_OLDEST = (3, 11)
# Conda packages that PyPI knows under another name, and those that a virtual environment has no use for.
_RENAMED = {
    "pytorch": "torch",
    "py-xgboost": "xgboost",
    "opencv": "opencv-python-headless",
    "tensorflow-gpu": "tensorflow",
}
_NEEDLESS = {"cudatoolkit", "nomkl", "mkl", "libgcc", "gcc", "openmpi", "cudnn", "setuptools", "wheel", "conda"}


class EnvironmentBuildError(Exception):
    """An environment can't be built; the message says why and what to do."""


def interpreter_for(place: Place, specification: Mapping[str, Any], output: int) -> str:
    """The interpreter for a specification, built when it has to be; what the build prints goes to `output`.

    Raises `EnvironmentBuildError`.
    """
    wanted = requirements(specification)
    if os.environ.get(VARIABLE) == "current" or not missing(wanted):
        return sys.executable
    python = _python(specification.get("python"))
    key = hashlib.sha256(json.dumps([python, wanted]).encode()).hexdigest()[:16]
    folder = place.folder / "azureml" / "virtualenvs" / key
    interpreter = folder / "bin" / "python"
    done = folder / "done.json"
    if done.exists():
        return str(interpreter)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.with_suffix(".lock"), "w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)  # one builds, the others wait
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            _build(folder, python, wanted, str(specification.get("name", "")), output)
            done.write_text(json.dumps({"python": python, "packages": wanted}))
    return str(interpreter)


def requirements(specification: Mapping[str, Any]) -> list[str]:
    """A specification's packages as pip takes them."""
    wanted = [text for text in map(_from_conda, specification.get("conda", ())) if text]
    return [*wanted, *specification.get("pip", ())]


def missing(wanted: Sequence[str]) -> list[str]:
    """The requirements that the current interpreter doesn't meet; an option for pip counts as one."""
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415 - only to build

    found = []
    for text in wanted:
        try:
            requirement = Requirement(text)
            installed = metadata.version(requirement.name)
        except (InvalidRequirement, metadata.PackageNotFoundError):
            found.append(text)
            continue
        if requirement.marker is not None and not requirement.marker.evaluate():
            continue
        if requirement.url or not requirement.specifier.contains(installed, prereleases=True):
            found.append(text)
    return found


def _from_conda(package: str) -> str | None:
    """`pandas=1.5.*` as `pandas==1.5.*`."""
    match = re.fullmatch(r"(?:[\w\-]+::)?([\w.\-]+)\s*((?:[=<>!~]=?)[^=]*)?(=.*)?", package.strip())
    if match is None:
        return package
    name, version = match[1].lower(), (match[2] or "").strip()
    if name in _NEEDLESS:
        return None
    if version.startswith("=") and not version.startswith("=="):
        version = f"={version}"
        if re.fullmatch(r"==\d+(\.\d+)?", version):
            version += ".*"  # conda's single = takes any release below it
    return f"{_RENAMED.get(name, name)}{version}"


def _python(asked: str | None) -> str:
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    numbers = tuple(int(part) for part in re.findall(r"\d+", asked or "")[:2])
    return ".".join(map(str, numbers)) if len(numbers) == 2 and numbers >= _OLDEST else own


def _build(folder: Path, python: str, wanted: Sequence[str], name: str, output: int) -> None:
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    os.write(output, f"Building the environment {name} with Python {python}: {', '.join(wanted)}\n".encode())
    uv = shutil.which("uv")
    if python != own and uv is None:
        raise EnvironmentBuildError(
            f"the environment {name} asks for Python {python}; this is {own}, and uv is not there to fetch another\n"
            f"  next: pip install uv, or set_python_version('{own}')"
        )
    options = [part for text in wanted if text.startswith("-") for part in text.split(maxsplit=1)]
    packages = [*[text for text in wanted if not text.startswith("-")], _OURS]
    if uv is not None:
        _call(
            [uv, "venv", "--quiet", "--python", python if python != own else sys.executable, str(folder)], name, output
        )
        _call([uv, "pip", "install", "--python", str(folder / "bin" / "python"), *options, *packages], name, output)
    else:
        _call([sys.executable, "-m", "venv", str(folder)], name, output)
        _call([str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *options, *packages], name, output)


def _call(command: Sequence[str], name: str, output: int) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    os.write(output, done.stdout)
    if done.returncode:
        last = "\n    ".join(done.stdout.decode(errors="replace").strip().splitlines()[-6:])
        raise EnvironmentBuildError(
            f"the environment {name} can't be built: {Path(command[0]).name} {command[1]} failed:\n    {last}\n"
            f"  next: change its packages, or set {VARIABLE}=current to run in the current interpreter"
        )
