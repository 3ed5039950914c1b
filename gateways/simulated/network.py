"""The network: its centre keeps messages until someone takes them.

Towards phones it honours validity periods (TS 23.040 9.2.3.12); towards
modems it keeps what a full or absent SIM refused and tries again when
told that there may be room.  It books its future with the agenda and
tells the log what it did.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from gateways.simulated import fields, tpdu
from gateways.simulated.agenda import Agenda
from gateways.simulated.phone import Phone
from gateways.simulated.settings import SimulationConfig
from gateways.simulated.tpdu import Submit, UserData

RECEIVED, EXPIRED = 0, 70  # TP-ST, TS 23.040 9.2.3.15
_FIRST_PERMANENT, _FIRST_TRYING = 64, 32


class Record(Protocol):
    """Writes one event into the log."""

    def __call__(self, event: str, now: float, **facts: object) -> None:
        """Write it at once."""
        ...


@dataclass(frozen=True, slots=True)
class Trouble:
    """What the air is told to do wrong with one segment."""

    lost: bool = False
    twice: bool = False
    status: int | None = None  # of the report
    reports: int = 1  # how many come
    report_late_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Submission:
    """One segment that the network has taken from a modem."""

    modem: str
    sender: str
    to: str
    reference: int
    submit: Submit
    taken_at: float
    trouble: Trouble = Trouble()


@dataclass(slots=True)
class Delivery:
    """One message on its way to a modem."""

    to: str
    sender: str
    pdu: bytes  # with the centre's address, as modems list it
    facts: dict[str, Any]  # for the log
    report: bool = False
    message_class: int | None = None
    cause: Submission | None = None  # set if another modem sent it
    refused: bool = False  # it was logged that the SIM is full


def resolve(number: str) -> str:
    """Make a dialled number E.164, as Kazakhstan's networks do with trunk 8."""
    if len(number) == 11 and number.startswith("8"):  # noqa: PLR2004  8 and ten digits
        return "+7" + number[1:]
    return number


class Network:
    """One air."""

    def __init__(self, config: SimulationConfig, agenda: Agenda, record: Record) -> None:
        self._config = config
        self._agenda = agenda
        self._record = record
        self.phones: dict[str, Phone] = {}
        self._off: dict[str, list[Submission]] = {}
        self._queues: dict[str, deque[Delivery]] = {}
        self._offers: dict[str, Callable[[Delivery, float], bool]] = {}

    def join(self, number: str, offer: Callable[[Delivery, float], bool]) -> None:
        """Let a modem be reached: `offer` says whether it took a message."""
        self._offers[number] = offer
        self._queues[number] = deque()

    def phone(self, number: str) -> Phone:
        """Return the phone of this number."""
        return self.phones.setdefault(number, Phone())

    def waiting(self, number: str) -> int:
        """Count what the centre keeps for a modem."""
        return len(self._queues[number])

    def is_modem(self, number: str) -> bool:
        """Say whether the number is a modem's."""
        return number in self._offers

    def switch_off(self, number: str) -> None:
        """Let a phone get nothing until it is switched on."""
        self._off.setdefault(number, [])

    def switch_on(self, number: str, now: float) -> None:
        """Let a phone get what has not expired meanwhile."""
        for submission in list(self._off.get(number, [])):
            if _expired(submission, now):
                self._expire(submission, now)
        for submission in self._off.pop(number, []):
            self._hand_over(submission, now)

    def carry(self, submission: Submission, now: float) -> None:
        """Take a segment towards its recipient."""
        trouble, to = submission.trouble, submission.to
        failed = trouble.status is not None and trouble.status >= _FIRST_TRYING
        if trouble.lost or failed:
            self._report(submission, RECEIVED if trouble.status is None else trouble.status, now)
        elif to in self._offers:
            self.deliver(self._between_modems(submission), now)
        elif to in self._off:
            self._keep(submission)
        else:
            self._hand_over(submission, now)

    def text(self, sender: str, to: str, data: UserData, now: float, *, pid: int = 0) -> None:
        """Carry one segment from a phone to a modem."""
        stamp = fields.time_stamp(now, self._config.zone_quarters)
        octets = tpdu.deliver(sender, data, pid=pid, stamp=stamp)
        concat, ports, text = tpdu.read_user_data(data)
        facts = {"from": sender, "text": text, "concat": concat_json(concat), "ports": ports}
        _, message_class = tpdu.coding(data.dcs)
        pdu = fields.smsc_address(self._config.smsc) + octets
        self.deliver(Delivery(to, sender, pdu, facts, message_class=message_class), now)

    def deliver(self, delivery: Delivery, now: float) -> None:
        """Queue a message for a modem and see whether it takes it."""
        self._queues[delivery.to].append(delivery)
        self.retry(delivery.to, now)

    def again(self, delivery: Delivery, now: float) -> None:
        """Put a message back that the host did not acknowledge, and offer it again."""
        self._queues[delivery.to].appendleft(delivery)
        self.retry(delivery.to, now)

    def retry(self, number: str, now: float) -> None:
        """Offer what is kept for a modem, oldest first, until it refuses."""
        queue = self._queues[number]
        while queue and self._offers[number](queue[0], now):
            taken = queue.popleft()
            if taken.cause:
                self._report(taken.cause, RECEIVED, now)

    def _hand_over(self, submission: Submission, now: float) -> None:
        for _ in range(2 if submission.trouble.twice else 1):
            self.phone(submission.to).receive(submission.sender, submission.submit, now)
        self._report(submission, submission.trouble.status or RECEIVED, now)

    def _keep(self, submission: Submission) -> None:
        self._off[submission.to].append(submission)
        if submission.submit.validity_s is not None:
            until = submission.taken_at + submission.submit.validity_s
            self._agenda.at(until, lambda now: self._expire(submission, now))

    def _expire(self, submission: Submission, now: float) -> None:
        kept = self._off.get(submission.to, [])
        if submission in kept:
            kept.remove(submission)
            self._record("expired", now, modem=submission.modem, to=submission.to)
            self._report(submission, EXPIRED, now)

    def _report(self, submission: Submission, status: int, now: float) -> None:
        if not (self._config.reports and submission.submit.report):
            return
        due = now + self._config.report_delay_s + submission.trouble.report_late_s
        for _ in range(submission.trouble.reports):
            self._agenda.at(due, lambda at: self._send_report(submission, status, now, at))

    def _send_report(
        self, submission: Submission, status: int, discharged: float, now: float
    ) -> None:
        zone = self._config.zone_quarters
        octets = tpdu.status_report(
            submission.reference,
            submission.to,
            status,
            stamp=fields.time_stamp(submission.taken_at, zone),
            discharged=fields.time_stamp(discharged, zone),
        )
        facts = {"mr": submission.reference, "to": submission.to, "status": status}
        pdu = fields.smsc_address(self._config.smsc) + octets
        self.deliver(Delivery(submission.sender, submission.to, pdu, facts, report=True), now)

    def _between_modems(self, submission: Submission) -> Delivery:
        submit = submission.submit
        stamp = fields.time_stamp(submission.taken_at, self._config.zone_quarters)
        octets = tpdu.deliver(submission.sender, submit.data, pid=submit.pid, stamp=stamp)
        concat = concat_json(submit.concat)
        return Delivery(
            to=submission.to,
            sender=submission.sender,
            pdu=fields.smsc_address(self._config.smsc) + octets,
            facts={"from": submission.sender, "text": submit.text, "concat": concat},
            message_class=submit.message_class,
            cause=submission,
        )


def concat_json(concat: fields.Concat | None) -> dict[str, int] | None:
    """Write a part's place as the log does."""
    if concat is None:
        return None
    return {"ref": concat.reference, "total": concat.total, "seq": concat.sequence}


def _expired(submission: Submission, now: float) -> bool:
    validity_s = submission.submit.validity_s
    return validity_s is not None and now >= submission.taken_at + validity_s
