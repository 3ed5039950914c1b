"""How the devices are: as the running node sees them, else by asking them."""

from collections.abc import Iterator

from config.sections import Modem, Radio
from config.settings import Settings
from gateways.base import GatewayDown, Health
from gateways.mesh.advice import Wanted, advise
from gateways.mesh.facts import RadioFacts
from gateways.mesh.gateway import MeshGateway
from gateways.sms.gateway import SmsGateway
from relay.devices import modem_settings, radio_settings
from relay.findings import BAD, GOOD, NOTE, Finding
from relay.store.meta import Device

KAZAKH_PREFIXES = ("+76", "+77")


class _NoPins:
    """Looking must not use up a try."""

    def is_refused(self, _attempt: str) -> bool:
        return False

    def remember(self, _attempt: str) -> None:
        raise GatewayDown("the SIM asks for its PIN", "`jarshy run` enters it", by_hand=False)

    def take_back(self, _attempt: str) -> None:
        return


def modem(settings: Modem, device: Device | None) -> Finding:
    """As the running node sees it, else by asking it."""
    if not settings.enabled:
        return Finding(GOOD, f"modem {settings.name}: switched off in the settings")
    if device is not None:
        why = f", {device.reason}" if device.reason else ""
        mark = GOOD if device.state == "ready" else BAD
        return Finding(mark, f"modem {settings.name}: {device.state}{why}", device.mend)
    gateway = SmsGateway(modem_settings(settings), _NoPins(), lambda: None)
    try:
        gateway.open()
        health = gateway.health()
    except GatewayDown as error:
        return Finding(BAD, f"modem {settings.name}: {error}", error.mend)
    finally:
        gateway.close()
    if not health.reachable:
        return Finding(BAD, f"modem {settings.name}: in no network", "check antenna and SIM")
    signal = "unknown" if health.signal is None else f"{health.signal} of 31"
    return Finding(
        GOOD, f"modem {settings.name}: answers, network {health.network}, signal {signal}"
    )


def radio(radio: Radio, device: Device | None, settings: Settings) -> Iterator[Finding]:
    """Whether it answers, and how it is set up."""
    if not radio.enabled:
        yield Finding(GOOD, f"radio {radio.name}: switched off in the settings")
        return
    if device is None:
        device = _asked(radio)
    mark = GOOD if device.state == "ready" else BAD
    why = f", {device.reason}" if device.reason else ""
    facts = RadioFacts.from_dict(device.facts)
    mend = device.mend if facts is None else ""  # else it stands with the advice
    yield Finding(mark, f"radio {radio.name}: {device.state}{why}", mend)
    if facts is None:
        return
    wanted = Wanted(radio.channel, radio.address, in_kazakhstan=_is_in_kazakhstan(settings))
    found = advise(facts, wanted)
    for advice in found:
        yield Finding(advice.mark, f"radio {radio.name}: {advice.what}", advice.mend)
    if any(advice.mend for advice in found):
        what = f"radio {radio.name}: stop the node before you run such a command"
        yield Finding(NOTE, what)


def _is_in_kazakhstan(settings: Settings) -> bool:
    """By the numbers that it may write to."""
    return all(prefix.startswith(KAZAKH_PREFIXES) for prefix in settings.node.allowed_prefixes)


def _asked(radio: Radio) -> Device:
    """What a radio says that nobody is connected to."""
    gateway = MeshGateway(radio_settings(radio), lambda: None)
    try:
        gateway.open()
        health = gateway.health()
    except GatewayDown as error:
        return _device(radio, "down", str(error), error.mend, Health())
    finally:
        gateway.close()
    if health.trouble:
        return _device(radio, "trouble", health.trouble, "", health)
    return _device(radio, "ready", health.network or "", "", health)


def _device(radio: Radio, state: str, reason: str, mend: str, health: Health) -> Device:
    return Device(radio.name, state, reason, mend, None, 0, health.busy, health.facts)
