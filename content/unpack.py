"""Decompress an answer while it comes in, and stop when it is too long.

A thousandth of the cap, compressed, may stand for a gigabyte: octets are
counted as they leave the decompressor, which gives them in small pieces.
"""

import zlib
from collections.abc import Iterable, Iterator

_PIECE_OCTETS = 1 << 16
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32  # the decompressor tells RFC 1952 and 1950 apart


class UnpackError(ValueError):
    """The answer is too long or damaged; the text says which."""


def unpacked(pieces: Iterable[bytes], coding: str, most_octets: int) -> bytes:
    """Join `pieces` as their Content-Encoding says (RFC 9110 8.4).

    Raises:
        UnpackError: longer than `most_octets`, cut short, or compressed in
            a way that was not asked for.
    """
    collected = bytearray()
    for piece in _plain(pieces, coding.strip().lower()):
        collected += piece
        if len(collected) > most_octets:
            raise UnpackError(f"longer than {most_octets} octets")
    return bytes(collected)


def _plain(pieces: Iterable[bytes], coding: str) -> Iterator[bytes]:
    if coding in {"", "identity"}:
        yield from pieces
    elif coding in {"gzip", "x-gzip", "deflate"}:
        yield from _inflated(pieces)
    else:
        raise UnpackError("compressed in a way that was not asked for")


def _inflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    inflater = zlib.decompressobj(wbits=_GZIP_OR_ZLIB)
    for piece in pieces:
        waiting, full = piece, True
        while (waiting or full) and not inflater.eof:
            try:
                plain = inflater.decompress(waiting, _PIECE_OCTETS)
            except zlib.error:
                raise UnpackError("damaged in its compression") from None
            yield plain
            waiting, full = inflater.unconsumed_tail, len(plain) == _PIECE_OCTETS
    if not inflater.eof:
        raise UnpackError("cut short")
