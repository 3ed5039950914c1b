"""What a radio does with what its client writes."""

from functools import partial

from gateways.simulated.radio import outgoing
from gateways.simulated.radio.api import Session
from gateways.simulated.radio.protobufs import DecodeError, FromRadio, ToRadio
from gateways.simulated.radio.unit import TTY, Radio


def hear(radio: Radio, way: str, octets: bytes, now: float) -> None:
    """Take what the client wrote."""
    if not radio.up or radio.faults.has("silent"):
        return
    if way == TTY and radio.way != TTY:
        radio.meet(TTY, now)
    radio.spoken_at = now
    radio.unframer.feed(octets)
    pump(radio, now)


def pump(radio: Radio, now: float) -> None:
    """Go on with what the client wrote, as far as nothing stops the radio."""
    while radio.held is None and not radio.faults.has("half_open"):
        payload = radio.unframer.next()
        if payload is None:
            return
        try:
            asked = ToRadio.FromString(payload)
        except DecodeError:
            continue  # the firmware logs it and goes on
        _take(radio, asked, now)


def release(radio: Radio, now: float) -> None:
    """Let a held radio go on."""
    radio.let_go(now)
    pump(radio, now)


def _take(radio: Radio, asked: ToRadio, now: float) -> None:
    match asked.WhichOneof("payload_variant"):
        case "want_config_id":
            _tell_config(radio, asked.want_config_id, now)
        case "heartbeat":
            radio.say_status(0)
        case "packet":
            radio.at_point("before_take", now, partial(outgoing.take, radio, asked.packet))
        case "disconnect":
            radio.session.configured = False


def _tell_config(radio: Radio, nonce: int, now: float) -> None:
    words = list(radio.configuration.all(nonce, radio.known.infos()))
    if radio.faults.happens("no_config"):
        words.pop()
    slow = radio.faults.take("slow_config")
    part_s = float(slow["part_s"]) if slow else 0.0
    for count, word in enumerate(words, 1):
        act = partial(_tell_part, radio, radio.session, word)
        if part_s:
            radio.medium.at(now + count * part_s, act)
        else:
            act(now)


def _tell_part(radio: Radio, session: Session, word: FromRadio, _now: float) -> None:
    if radio.session is not session:
        return  # that client is gone
    radio.tell(word)
    if word.HasField("config_complete_id"):
        session.configured = True
        for packet in radio.kept.take():
            radio.pass_on(packet)
