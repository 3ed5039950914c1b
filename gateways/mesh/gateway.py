"""A Meshtastic radio as a gateway: open it, hold what it hears, send packet by packet.

One thread owns it.  A radio says at once whether it took a packet and forgets
what it has handed over; so what is heard is held here until it is committed,
and silence on a packet is settled by asking, never by sending on a hunch.
"""

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from gateways.base import (
    Health,
    NeverAgain,
    Outcome,
    Raw,
    Taken,
    Transmission,
    TryAgainLater,
    Unknown,
)
from gateways.mesh import addresses, airtime, outgoing, refusals, trouble
from gateways.mesh.ears import Ears
from gateways.mesh.facts import RadioFacts
from gateways.mesh.held import Held
from gateways.mesh.lines import session
from gateways.mesh.mailbox import Loss, SessionLost, Status
from gateways.mesh.pace import Pace
from gateways.mesh.session import Session

FULL_S = 2.0  # between two looks at a queue that was full
_REMEMBERED = 20  # ids that a radio knows again (PhoneAPI::wasSeenRecently)


@dataclass(frozen=True, slots=True)
class RadioSettings:
    """What the gateway needs to know of one radio.

    Attributes:
        name: of the gateway.
        address: `tcp://host[:port]` or `serial:///dev/x`.
        channel: the node's own, by name or index.
        open_wait_s: for a connection and all of the configuration.
        answer_wait_s: for the answer to a heartbeat or a packet.
        linger_s: how long a radio may need for the last packet before it is closed.
        text_gap_s: between two texts; under 2 s the firmware drops the second in silence.
    """

    name: str
    address: str
    channel: str | int
    open_wait_s: float
    answer_wait_s: float
    linger_s: float
    text_gap_s: float


class MeshGateway:
    """One radio; see `gateways.base.Gateway` for what it promises."""

    medium = "mesh"

    def __init__(
        self,
        settings: RadioSettings,
        hint: Callable[[], None],
        now: Callable[[], float] = time.time,
    ) -> None:
        """Nothing is opened.

        Args:
            settings: of the radio.
            hint: called when something was heard, or the connection was lost.
            now: unix seconds, to compare the radio's clock with.
        """
        self.name = settings.name
        self._settings = settings
        self._hint = hint
        self._held = Held(settings.name)
        self._ears = Ears(self._held, hint, now)
        self._session: Session | None = None
        self._facts = RadioFacts()
        self._pace = Pace(settings.text_gap_s, settings.answer_wait_s)
        self._handed_at = -math.inf  # by the monotonic clock
        self._refused: deque[int] = deque(maxlen=_REMEMBERED)

    # Opening.

    def open(self) -> None:
        """Connect, read the configuration, and get an answer.

        Raises:
            GatewayDown: with what would mend it.
        """
        self.close()
        settings = self._settings
        try:
            where = addresses.parse(settings.address)
        except ValueError as error:
            raise trouble.bad_address(error) from None
        self._session = radio = session(where, self._ears, self._hint, settings.answer_wait_s)
        try:
            radio.start(settings.open_wait_s)
            self._facts = radio.facts(settings.channel)
            self._answer(radio)
        except SessionLost as error:
            self._drop()
            raise trouble.lost(error.loss) from None
        except OSError as error:
            self._drop()
            raise trouble.not_opened(where, error) from None
        self._pace.begin()
        if isinstance(where, addresses.Tcp):
            self._refused.clear()  # it remembers ids for as long as a connection lasts

    def close(self) -> None:
        """Let go of the radio, once it had time for the last packet."""
        if self._session is not None:
            left_s = self._handed_at + self._settings.linger_s - time.monotonic()
            self._session.linger(max(0.0, left_s))
        self._drop()

    def _drop(self) -> None:
        radio, self._session = self._session, None
        if radio is not None:
            radio.close()

    def _radio(self) -> Session:
        """The open connection.

        Raises:
            GatewayDown: there is none.
        """
        loss = Loss.OURS if self._session is None else self._session.loss
        if self._session is None or loss is not None:
            raise trouble.lost(loss or Loss.OURS)
        return self._session

    def _answer(self, radio: Session) -> Status:
        """Its answer to a heartbeat; one that gives none is of no use.

        Raises:
            SessionLost: it gave none.
        """
        status = radio.ask(self._settings.answer_wait_s)
        if status is None:
            radio.give_up(Loss.SILENT)
            raise SessionLost(Loss.SILENT)
        return status

    # Hearing.

    def receive(self) -> list[Raw]:
        """All that was heard and not forgotten."""
        self._radio()
        return self._held.all()

    def forget(self, raw: Raw) -> None:
        """Let go of what is committed."""
        self._radio()
        self._held.forget(raw)

    # Sending.

    def send(self, transmission: Transmission) -> Taken:
        """Hand one packet to the radio."""
        outgoing.checked(transmission)
        radio = self._radio()
        packet = outgoing.prepared(transmission, self._facts, self._settings.channel)
        try:
            self._wait_for_turn(radio, urgent=transmission.urgent)
            self._wait_for_room(radio)
        except SessionLost as error:
            raise trouble.lost(error.loss) from None
        if not transmission.still_good():
            raise TryAgainLater("it is not wanted any more")
        try:
            radio.hand_over(packet)
        except SessionLost as error:
            if not error.begun:
                raise trouble.lost(error.loss) from None
            raise Unknown(f"{error} while it was given the packet") from None
        self._handed_at = time.monotonic()
        self._pace.handed_over()
        try:
            return self._outcome(radio, transmission)
        except SessionLost as error:
            raise Unknown(f"{error} after it was given the packet") from None

    def held(self) -> list[Raw]:
        """What was heard and not forgotten: the radio has it no more."""
        return self._held.all()

    def pause_s(self) -> float:
        """Until the last text has left, others had time for it, and there is room for one more."""
        radio = self._radio()
        try:
            full = radio.free == 0 and not self._answer(radio).free
            return FULL_S if full else self._pace.pause_s(lambda: self._answer(radio))
        except SessionLost as error:
            raise trouble.lost(error.loss) from None

    def _wait_for_turn(self, radio: Session, *, urgent: bool) -> None:
        """Until a text may follow the last one.

        If others keep the channel, what is urgent waits in the radio's queue, which knows its
        priority, and all else here.
        """
        while (pause_s := self._pace.pause_s(lambda: self._answer(radio))) > 0:
            time.sleep(pause_s)
        if self._pace.leaving and not urgent:
            raise TryAgainLater("the radio is still waiting for a free channel")

    def _wait_for_room(self, radio: Session) -> None:
        """Until the radio's queue has a place."""
        if radio.free != 0:
            return
        wait_s = self._settings.answer_wait_s
        if self._answer(radio).free:
            return
        # It says by itself when there is room again.
        if radio.next_status(lambda status: status.free > 0, wait_s) is None:
            raise TryAgainLater("the queue of the radio is full")

    def _outcome(self, radio: Session, transmission: Transmission) -> Taken:
        """What became of a packet that was handed over.

        Raises:
            TryAgainLater, NeverAgain, Unknown: as the radio says.
            SessionLost: it says nothing any more.
        """
        identity, wait_s = transmission.identity, self._settings.answer_wait_s
        status = radio.status_of(identity, wait_s) or radio.ask_about(identity, wait_s)
        if status is None:
            radio.give_up(Loss.SILENT)
            raise Unknown("the radio fell silent after it was given the packet")
        if status.identity == identity:
            return self._verdict(status)
        # It drops in silence what it knows by its identity: what it took, and what it refused.
        if identity in self._refused:
            raise TryAgainLater("the radio remembers that it refused this packet")
        if transmission.again:
            return Taken(identity)
        raise Unknown("the radio said nothing of the packet")

    def _verdict(self, status: Status) -> Taken:
        if status.result == refusals.NONE:
            return Taken(status.identity)
        self._refused.append(status.identity)
        refusal = refusals.of_status(status.result)
        if refusal.outcome is Outcome.LATER:
            raise TryAgainLater(refusal.reason, rest=refusal.rest)
        raise NeverAgain(refusal.reason)

    def air_ms(self, octets: int, *, direct: bool) -> int:
        """Time on air of one copy, as the radio is set, or was when it was last open."""
        return airtime.text_air_ms(self._facts.modulation, octets, direct=direct)

    # How it is.

    def health(self) -> Health:
        """Preset and region as `network`, channel utilization, and what the radio is set to."""
        radio = self._radio()
        try:
            self._answer(radio)
            if self._facts.channel is None or not self._facts.sends:
                radio.reread(self._settings.open_wait_s)
                self._facts = radio.facts(self._settings.channel)
        except SessionLost as error:
            raise trouble.lost(error.loss) from None
        facts = replace(
            self._facts,
            clock_offset_s=self._ears.clock_offset_s,
            malformed_frames=radio.malformed,
            dropped_packets=self._held.dropped,
        )
        return Health(
            network=facts.network,
            reachable=facts.sends,
            busy=self._ears.busy,
            own_channel=facts.channel is not None,
            trouble=self._trouble(full=not radio.free),
            mend=self._mend(full=not radio.free),
            facts=facts.as_dict(),
        )

    def _trouble(self, *, full: bool) -> str:
        """Why it is of little use though it answers."""
        if not self._facts.sends:
            return "the radio is set not to send, or its region is not set"
        if self._facts.channel is None:
            return outgoing.missing(self._settings.channel)
        return "the radio's queue is full: it does not get rid of its packets" if full else ""

    def _mend(self, *, full: bool) -> str:
        if not self._facts.sends or self._facts.channel is None:
            return "`jarshy doctor` shows the command that mends it"
        return "look at its antenna; it goes on by itself, or after a restart" if full else ""
