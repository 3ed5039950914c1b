"""The stream protocol: `0x94 0xC3`, a length of two octets, a protobuf.

Whatever stands between frames is skipped: hosts send 0xC3 to wake a radio,
and lines are noisy.  No frame holds more than 512 octets.
"""

START = b"\x94\xc3"
MOST_OCTETS = 512
_HEAD_OCTETS = 4


def frame(payload: bytes) -> bytes:
    """Put a protobuf into a frame.

    Raises:
        ValueError: it is longer than a frame may be.
    """
    if len(payload) > MOST_OCTETS:
        raise ValueError(f"{len(payload)} octets do not fit a frame of {MOST_OCTETS}")
    return START + len(payload).to_bytes(2, "big") + payload


class Unframer:
    """Finds the frames in what a client wrote."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, octets: bytes) -> None:
        """Take what was read."""
        self._held += octets

    def next(self) -> bytes | None:
        """Return the next payload, if it is whole."""
        while True:
            self._skip_garbage()
            if len(self._held) < _HEAD_OCTETS:
                return None
            length = int.from_bytes(self._held[2:_HEAD_OCTETS], "big")
            if length > MOST_OCTETS:
                del self._held[: len(START)]
                continue
            end = _HEAD_OCTETS + length
            if len(self._held) < end:
                return None
            payload = bytes(self._held[_HEAD_OCTETS:end])
            del self._held[:end]
            return payload

    def clear(self) -> None:
        """Forget what is half read."""
        self._held.clear()

    def _skip_garbage(self) -> None:
        at = self._held.find(START)
        if at >= 0:
            del self._held[:at]
        elif self._held.endswith(START[:1]):
            del self._held[:-1]
        else:
            self._held.clear()
