"""The stream protocol, octet by octet."""

import pytest

from gateways.simulated.radio.frames import Unframer, frame


def payloads(octets, size=0):
    """What is found in octets that come all at once, or `size` at a time."""
    unframer, found = Unframer(), []
    step = size or max(1, len(octets))
    for at in range(0, len(octets), step):
        unframer.feed(octets[at : at + step])
        while (payload := unframer.next()) is not None:
            found.append(payload)
    return found


@pytest.mark.parametrize(
    ("octets", "found"),
    [
        pytest.param(frame(b"one") + frame(b""), [b"one", b""], id="frames"),
        pytest.param(b"\xc3" * 32 + frame(b"one"), [b"one"], id="a-host-wakes-the-radio"),
        pytest.param(b"log line\r\n" + frame(b"one"), [b"one"], id="text-before"),
        pytest.param(b"\x94" + frame(b"one"), [b"one"], id="half-a-start-before"),
        pytest.param(b"\x94\xc3\xff\xff" + frame(b"one"), [b"one"], id="too-long-a-length"),
        pytest.param(frame(bytes(512)), [bytes(512)], id="the-longest"),
        pytest.param(frame(b"one")[:-1], [], id="not-whole-yet"),
        pytest.param(frame(b"\x94\xc3\x00\x01"), [b"\x94\xc3\x00\x01"], id="a-start-inside"),
    ],
)
@pytest.mark.parametrize("size", [0, 1, 3])
def test_frames_are_found_whatever_stands_between_them(octets, found, size):
    assert payloads(octets, size) == found


def test_no_frame_is_longer_than_the_protocol_allows():
    with pytest.raises(ValueError, match="512"):
        frame(bytes(513))


def test_noise_alone_is_not_hoarded():
    unframer = Unframer()
    for _ in range(100):
        unframer.feed(b"\x00" * 1000)
        assert unframer.next() is None
    assert not unframer._held
