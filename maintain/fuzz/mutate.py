"""Breaking a file: by its bytes, and inside of what it is packed in."""

from __future__ import annotations

import gzip
import io
import warnings
import zipfile
import zlib
from collections.abc import Callable
from random import Random
from typing import Any

GZIP, ZIP, HDF5 = b"\x1f\x8b", b"PK\x03\x04", b"\x89HDF"
INSIDE = 0.75
"""Share of packed files that are broken inside, and packed again."""

LARGEST = 1 << 18
"""Most bytes of an input; what grows beyond is cut."""

TOKENS = (
    *(char.encode() for char in "\t\n\r\",;|'0-+.eE#:{}[]&*!%@\\/ "),
    b"\r\n", b"\x00", b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1f\x8b", b"\x85",
    b"-1", b"0.0", b"1e999", b"1e308", b"-0", b"NaN", b"inf", b"0x10", b"1_000", b"12,5",
    b"99999999999", b"9" * 5000, b"4294967296", b"NA", b"null", b"true", b"[]", b"{}",
    "１２".encode(), "\u202eabc".encode(), "\u2028".encode(), "İ".encode(), b"\\ud800", b"\\u0000",
    b"=HYPERLINK(\"http://example.org\")", b"<script>alert(1)</script>", b"../../../etc/passwd",
    b"a" * 10000, b"[" * 3000, b'{"a":' * 3000, b"(" * 2000, b";" * 5000, b"_" * 3000,
    b"&a [*a, *a]", b"*a", b"<<: *c", b"!!python/object/apply:os.system [id]", b"!!timestamp 9",
    b"2001-99-99", b"!!binary x", b"? [a]\n: b\n", b"k__Bacteria;", b"D_0__", b"D_99__", b"s__",
    b"group", b"uncultured", b"#q2:types", b"sample", b"taxonomy", b"Otu1", b"S1",
)  # fmt: skip
SIZES = (0, 1, 2, 3, 5, 40, 1000)
VALUES = (0, 1, -1, 2, 255, 2**31, 2**63 - 1, -(2**63), 0.5, 1e308, float("nan"), float("inf"))


def mutated(content: bytes, other: bytes, random: Random) -> bytes:
    """Break a file in one to six places.

    Parameters
    ----------
    content : bytes
        A sound file.
    other : bytes
        Another one, of which pieces may be put in.
    random : random.Random
        Source of every choice.
    """
    if random.random() < INSIDE:
        for magic, inside in ((GZIP, _gzip), (ZIP, _zip), (HDF5, _hdf5)):
            if content.startswith(magic):
                return inside(content, other, random)[:LARGEST]
    return _bytes(content, other, random)


def _bytes(content: bytes, other: bytes, random: Random) -> bytes:
    for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
        content = random.choice(OPERATIONS)(content, other, random)[:LARGEST]
    return content


def _flip(content: bytes, other: bytes, random: Random) -> bytes:
    if not content:
        return other
    place = random.randrange(len(content))
    return content[:place] + bytes([random.randrange(256)]) + content[place + 1 :]


def _insert(content: bytes, other: bytes, random: Random) -> bytes:
    place = random.randint(0, len(content))
    return content[:place] + random.choice(TOKENS) + content[place:]


def _replace(content: bytes, other: bytes, random: Random) -> bytes:
    """Put a token in place of a whole field."""
    start = random.randint(0, len(content))
    end = start
    while end < len(content) and content[end] not in b'\t\n,;:"]} ':
        end += 1
    return content[:start] + random.choice(TOKENS) + content[end:]


def _piece(content: bytes, random: Random) -> tuple[int, int]:
    start = random.randint(0, len(content))
    return start, min(len(content), start + random.randint(0, 2 ** random.randint(0, 10)))


def _delete(content: bytes, other: bytes, random: Random) -> bytes:
    start, end = _piece(content, random)
    return content[:start] + content[end:]


def _repeat(content: bytes, other: bytes, random: Random) -> bytes:
    start, end = _piece(content, random)
    return content[:end] + content[start:end] * random.choice((1, 2, 50)) + content[end:]


def _splice(content: bytes, other: bytes, random: Random) -> bytes:
    start, end = _piece(other, random)
    place = random.randint(0, len(content))
    return content[:place] + other[start:end] + content[place:]


def _cut(content: bytes, other: bytes, random: Random) -> bytes:
    return content[: random.randint(0, len(content))]


def _lines(content: bytes, other: bytes, random: Random) -> bytes:
    """Swap two lines, or end all of them otherwise."""
    lines = content.split(b"\n")
    first, second = random.randrange(len(lines)), random.randrange(len(lines))
    lines[first], lines[second] = lines[second], lines[first]
    return random.choice((b"\n", b"\r", b"\r\n", b"\n\n")).join(lines)


Operation = Callable[[bytes, bytes, Random], bytes]
OPERATIONS: tuple[Operation, ...] = (
    _flip, _insert, _insert, _replace, _replace, _delete, _repeat, _splice, _cut, _lines,
)  # fmt: skip


def _gzip(content: bytes, other: bytes, random: Random) -> bytes:
    try:
        inside = gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        return _bytes(content, other, random)
    return gzip.compress(mutated(inside, other, random), compresslevel=1, mtime=0)


def _zip(content: bytes, other: bytes, random: Random) -> bytes:
    """Break a member, its name, its kind, or leave it out or double it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    place = random.randrange(len(members))
    name, inside = members[place]
    how = random.random()
    link = False
    if how < 0.6:  # noqa: PLR2004
        members[place] = (name, mutated(inside, other, random))
    elif how < 0.8:  # noqa: PLR2004
        hostile = ("../../" + name, "/" + name, name + "/", name.upper(), "C:\\" + name)
        members[place] = (random.choice(hostile), inside)
        link = random.random() < 0.2  # noqa: PLR2004
    else:
        members[place : place + 1] = [] if random.random() < 0.5 else [members[place]] * 2  # noqa: PLR2004
    buffer = io.BytesIO()
    with (
        warnings.catch_warnings(action="ignore"),  # names are doubled on purpose
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for member, data in members:
            info = zipfile.ZipInfo(member)
            info.external_attr = 0o120777 << 16 if link else 0
            archive.writestr(info, data)
    return buffer.getvalue()


def _hdf5(content: bytes, other: bytes, random: Random) -> bytes:
    """Break one data set: its size, type, values or place; or one attribute."""
    import h5py

    buffer = io.BytesIO(content)
    with h5py.File(buffer, "r+") as handle:
        names: list[str] = []
        handle.visit(names.append)
        name = random.choice(names)
        item = handle[name]
        if isinstance(item, h5py.Dataset) and random.random() < INSIDE:
            values = _array(item[()], random)
            del handle[name]
            handle[name] = values
        else:
            del handle[name]
            _instead(handle, name, random)
    return buffer.getvalue()


def _instead(handle: Any, name: str, random: Random) -> None:
    import h5py
    import numpy as np

    links = (h5py.SoftLink("/sample/ids"), h5py.SoftLink(f"/{name}"), h5py.SoftLink("/nowhere"))
    how = random.randrange(6)
    if how == 0:
        handle.create_group(name)
    elif how == 1:
        handle[name] = random.choice(VALUES)
    elif how == 2:  # noqa: PLR2004
        handle[name] = random.choice(links)
    elif how == 3:  # noqa: PLR2004
        handle[name] = h5py.ExternalLink("/etc/passwd", "/")
    elif how == 4:  # noqa: PLR2004
        handle.create_dataset(name, shape=(10**9,), dtype=random.choice(("f8", "i1", "S9")),
                              chunks=(1000,))  # fmt: skip
    else:
        handle[name] = np.array([random.choice(VALUES)] * random.choice(SIZES), dtype=float)


def _array(values: Any, random: Random) -> Any:
    import numpy as np

    flat = np.atleast_1d(np.asarray(values)).ravel()
    how = random.randrange(5)
    if flat.dtype.kind == "O" and how < 3 and flat.size:  # noqa: PLR2004
        flat[random.randrange(flat.size)] = random.choice(TOKENS).replace(b"\x00", b"?")
        return flat.reshape(np.shape(values) or (1,)).astype(object)
    if how == 0:
        return np.resize(flat, random.choice(SIZES))
    if how == 1 and flat.dtype.kind in "iuf":
        return flat.astype(random.choice(("f4", "f8", ">f8", "u1", "u8", "i8", "f2", "S4", "c8")))
    if how == 2:  # noqa: PLR2004
        return flat.reshape(1, -1)
    if flat.dtype.kind in "iuf" and flat.size:
        with np.errstate(all="ignore"):
            bad = np.array(random.choice(VALUES)).astype(flat.dtype)
        flat[random.randrange(flat.size)] = bad
    return np.concatenate([flat, flat]) if how == 3 else flat  # noqa: PLR2004
