"""A package index on this machine with stand-ins for PyTorch's wheels, ill-mannered on demand."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests import mirrors
from tests.mirrors import Behaviour, Mirror, Visit, serving

# As much of torch as the trial of a build asks for.
TORCH = """
from torch import cuda
__version__ = "{version}"
class _Number:
    def __init__(self, value): self.value = value
    def __matmul__(self, other): return self
    def sum(self): return 64.0 ** 3
def ones(*sides, device): return _Number(1)
"""
CUDA = """
def is_available(): return {available}
def get_device_name(number): return "Stand-in GPU"
"""


def wheel(
    project: str,
    version: str,
    files: Mapping[str, str],
    requires: tuple[str, ...] = (),
    extra: str = "",
) -> bytes:
    """The bytes of a sound wheel for any Python."""
    info = f"{project.replace('-', '_')}-{version}.dist-info"
    lines = ["Metadata-Version: 2.1", f"Name: {project}", f"Version: {version}"]
    lines += [f"Requires-Dist: {each}" for each in requires]
    lines += [f"Provides-Extra: {extra}"] if extra else []
    contents = {name: text.encode() for name, text in files.items()}
    contents[f"{info}/METADATA"] = ("\n".join(lines) + "\n").encode()
    contents[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = [f"{name},sha256={_digest(data)},{len(data)}" for name, data in contents.items()]
    contents[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return stream.getvalue()


def torch_wheel(
    version: str, *, available: bool = True, requires: tuple[str, ...] = (), code: str = TORCH
) -> bytes:
    """A stand-in for torch."""
    files = {
        "torch/__init__.py": code.format(version=version),
        "torch/cuda.py": CUDA.format(available=available),
        "torch/version.py": f'__version__ = "{version}"\ncuda = "13.0"\n',
        "torch/lib/libtorch.so": "0123456789" * 20_000,
    }
    return wheel("torch", version, files, requires)


@dataclass
class Shop:
    """What an index has. `behaviours` say how a file is given, by its name; `links` overrule."""

    wheels: dict[str, bytes] = field(default_factory=dict)
    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    with_metadata: frozenset[str] = frozenset()
    address: str = ""
    mirror: Mirror | None = None

    def add(self, project: str, version: str, content: bytes) -> str:
        """Offer a wheel; its file name comes back."""
        file = f"{project.replace('-', '_')}-{version}-py3-none-any.whl"
        self.wheels[file] = content
        return file

    @property
    def asked(self) -> list[tuple[str, str]]:
        """The wheels that were fetched so far, with their ranges."""
        visits = self.mirror.asked if self.mirror is not None else []
        return [(_file_of(path), each) for path, each in visits if path.endswith(".whl")]

    def page(self, project: str) -> bytes:
        """The page of one project."""
        links = [
            self._link(file)
            for file in self.wheels
            if file.startswith(f"{project.replace('-', '_')}-")
        ]
        return f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>".encode()

    def _link(self, file: str) -> str:
        content = self.wheels[file]
        digest = self.hashes.get(file, hashlib.sha256(content).hexdigest())
        fragment = f"#sha256={digest}" if digest else ""
        address = f"/files/{file.replace('+', '%2B')}{fragment}"
        apart = ""
        if file in self.with_metadata:
            apart = (
                f' data-core-metadata="sha256={hashlib.sha256(metadata_of(content)).hexdigest()}"'
            )
        return f'<a href="{address}"{apart}>{file}</a><br/>\n'

    def answer(self, visit: Visit) -> None:
        """Give what was asked for."""
        name = _file_of(visit.path)
        if visit.path.endswith(".metadata"):
            visit.give(metadata_of(self.wheels[name.removesuffix(".metadata")]))
        elif name in self.wheels:
            visit.server.content = self.wheels[name]
            self.behaviours.get(name, mirrors.honest)(visit)
        elif visit.path.endswith("/"):
            visit.give(self.page(visit.path.strip("/").rpartition("/")[2]))
        else:
            visit.give(b"", status=404)


def metadata_of(content: bytes) -> bytes:
    """METADATA in a wheel."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        name = next(each for each in archive.namelist() if each.endswith("/METADATA"))
        return archive.read(name)


@contextmanager
def open_shop(shop: Shop) -> Iterator[Shop]:
    """The index while it is needed; `shop.address` is where."""
    with serving(b"", shop.answer) as mirror:
        shop.mirror = mirror
        shop.address = mirror.address("whl/test")
        yield shop


def _file_of(path: str) -> str:
    return path.rpartition("/")[2].replace("%2B", "+")


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
