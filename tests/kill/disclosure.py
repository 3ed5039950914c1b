"""Whether anybody's number or words stand anywhere, in any form that could be read.

Each secret is looked for as text in three encodings, as digits without the
plus, as the swapped digits of an address, as packed GSM septets in all eight
positions, each of these raw, in hexadecimal and in base64, and as plain hash.
A node of the mesh is a number of 32 bits: it is looked for as decimal and
hexadecimal digits, likewise, and as four octets in both orders.  Four octets
stand somewhere by chance, so these are counted.
"""

import base64
import subprocess
from hashlib import sha256

from gateways.sms.gsm7 import encode

_BEGINNING = 5  # octets, no more than the shortest form has
_BY_CHANCE = 3  # more than so many finds of four octets beyond what chance explains are none


def forms_of_number(number):
    """How a number could stand somewhere."""
    digits = number.removeprefix("+")
    national = digits[1:]
    yield from _texts(national)
    for written in (digits, "8" + national):
        swapped = _swapped(written)
        yield from _octets(swapped)
        yield sha256(written.encode()).digest()
    yield sha256(number.encode()).digest()
    yield sha256(number.encode()).hexdigest().encode()


def forms_of_words(words):
    """How somebody's words could stand somewhere."""
    yield from _texts(words)
    if words.isascii():
        for before in range(8):
            # The first and the last octet may share bits with what stands beside.
            yield from _octets(_packed(words, before)[1:-1])


def forms_of_node(number):
    """How the number of a node could stand somewhere, four octets as they are aside."""
    for written in (f"{number:08x}", f"{number:08X}", str(number)):
        yield from _texts(written)
    for octets in _raw_node(number):
        yield from (form for form in _octets(octets) if len(form) >= _BEGINNING)
        yield sha256(octets).digest()
    for written in (f"!{number:08x}", f"{number:08x}", str(number)):
        yield sha256(written.encode()).digest()
        yield sha256(written.encode()).hexdigest().encode()


def _raw_node(number):
    return [number.to_bytes(4, order) for order in ("little", "big")]


def _content(file):
    """What is in a file, read by another process; nothing where it is gone by now.

    If this one closed the store's file, the kernel would take all of SQLite's locks from it.
    """
    done = subprocess.run(["cat", file], capture_output=True, check=False)
    if done.returncode and file.exists():
        raise OSError(done.stderr.decode())
    return done.stdout


def _texts(text):
    for encoding in ("utf-8", "utf-16-be", "utf-16-le"):
        yield from _octets(text.encode(encoding))


def _octets(octets):
    yield octets
    yield octets.hex().encode()
    yield octets.hex().upper().encode()
    for before in range(3):
        # Base64 depends on the place modulo 3; what shares a character with others is left out.
        coded = base64.b64encode(bytes(before) + octets)
        yield coded[-(-before * 8 // 6) : (before + len(octets)) * 8 // 6]


def _swapped(digits):
    filled = digits + "F" * (len(digits) % 2)
    return bytes.fromhex("".join(filled[at + 1] + filled[at] for at in range(0, len(filled), 2)))


def _packed(words, before):
    """Septets as 3GPP TS 23.038 6.1.2.1 packs them, behind so many bits of something else."""
    bits = before
    value = 0
    for at, septet in enumerate(encode(words)):
        value |= septet << (bits + 7 * at)
    return value.to_bytes((bits + 7 * len(words) + 7) // 8, "little")


def disclosed(numbers, words, files, nodes=()):
    """Sentences that say which file holds what; none where nothing is readable."""
    forms = [(form, f"the number …{one[-2:]}") for one in numbers for form in forms_of_number(one)]
    for at, one in enumerate(words):
        forms += [(form, f"words of a person ({at})") for form in forms_of_words(one)]
    for one in nodes:
        forms += [(form, f"the node …{one % 256:02x}") for form in forms_of_node(one)]
    few = [octets for one in nodes for octets in _raw_node(one)]
    for file in files:
        content = _content(file)
        # Most forms do not even begin anywhere in it: that is quickly known.
        beginnings = {content[at : at + _BEGINNING] for at in range(len(content))}
        for form, what in forms:
            if form[:_BEGINNING] in beginnings and form in content:
                yield f"{file.name} holds {what} as {len(form)} octets"
        found = sum(content.count(octets) for octets in few)
        if found > _BY_CHANCE + len(few) * len(content) / 2**32:
            yield f"{file.name} holds numbers of nodes as four octets, {found} times"


def nodes_in_columns(nodes, query):
    """Sentences that say which column of the store holds the number of a node as a number."""
    known = {as_held for one in nodes for as_held in (one, one - 2**32)}
    for (table,) in query("SELECT name FROM sqlite_master WHERE type = 'table'"):
        columns = [row[1] for row in query(f"PRAGMA table_info('{table}')")]
        for values in query(f"SELECT * FROM '{table}'"):  # noqa: S608  # our own tables
            for column, value in zip(columns, values, strict=True):
                if isinstance(value, int) and value in known:
                    yield f"{table}.{column} holds the number of a node"
