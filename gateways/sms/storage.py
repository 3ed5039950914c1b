"""What a modem keeps for us, and where: its memories, their slots, and what it gave directly.

An index means a slot of one memory, the one that was chosen last; and a slot may have been
taken by another message since it was listed.  So both are checked before anything is deleted.
"""

import re

from gateways.base import GatewayDown, Raw
from gateways.sms.dialogue import parse_list, says_restart
from gateways.sms.hearing import oldest_first
from gateways.sms.line import Line

_DIRECT = ""  # the slot of what the modem never stored
# What arrived elsewhere while nobody listened is not told of again.  MT is SM and ME.
_OWN = ""  # the memory of a modem that knows no other, and no +CPMS
_OTHERS = {_OWN: (), "SM": ("ME", "SR"), "ME": ("SR",), "MT": ("SR",)}


class Storage:
    """The messages of one modem, as far as they were listed."""

    def __init__(self) -> None:
        self._memories: list[str] = []
        self._reading = ""  # the memory that +CMGL and +CMGD mean now
        self._listed: dict[str, bytes] = {}  # by slot, as listed last
        self._direct: list[Raw] = []  # only here: the modem has it no more

    def choose(self, line: Line) -> None:
        """Choose where messages are kept, and find out where else some may be.

        Raises:
            GatewayDown: the modem keeps none.
        """
        known = " ".join(line.ask("AT+CPMS=?"))
        chosen = self._reading = self._choose_memory(line, known)
        self._memories = [chosen]
        self._memories += [each for each in _OTHERS[chosen] if self._holds(line, each, known)]

    @staticmethod
    def _choose_memory(line: Line, known: str) -> str:
        """The SIM where the modem can use it, else what it has (27.005 3.2.2)."""
        if known == "ERROR":
            return _OWN
        for memory in ("SM", "ME", "MT"):
            if f'"{memory}"' in known:
                answer = line.ask(f'AT+CPMS="{memory}","{memory}","{memory}"')
                if answer[-1] == "OK":
                    return memory
        raise GatewayDown(
            "the modem offers no storage for messages",
            "it is tried again by itself; if it stays so, use another modem",
        )

    def _holds(self, line: Line, memory: str, known: str) -> bool:
        """Whether anything is in that memory; false where it cannot be read."""
        if f'"{memory}"' not in known or line.ask(f'AT+CPMS="{memory}"')[-1] != "OK":
            return False
        self._reading = memory
        return bool(parse_list(line.ask("AT+CMGL=4")))

    def close(self) -> None:
        """The modem may be another one when it is opened again; what it gave directly stays."""
        self._listed = {}

    def list(self, line: Line) -> list[Raw]:
        """All messages, oldest first.

        Raises:
            GatewayDown: the modem does not list them.
        """
        self._listed = {}
        for memory in tuple(self._memories):
            self._list(line, memory)
        self.take_unsolicited(line)
        listed = (Raw(slot, octets) for slot, octets in self._listed.items())
        return oldest_first([*self._direct, *listed])

    def _list(self, line: Line, memory: str) -> None:
        self._read_from(line, memory)
        answer = line.ask("AT+CMGL=4")
        stored = parse_list(answer)
        if answer[-1] != "OK" and not stored:
            raise GatewayDown(
                f"the modem does not list its messages ({answer[-1]})",
                "it is opened again by itself; check that the SIM is in its place",
            )
        self._listed |= {f"{memory}:{each.index}": each.hex.encode() for each in stored}

    def _read_from(self, line: Line, memory: str) -> None:
        """Let an index mean a slot of `memory`: in another one it is another message."""
        if memory == self._reading:
            return
        self._reading = ""
        answer = line.ask(f'AT+CPMS="{memory}"')
        if answer[-1] != "OK":
            self._memories.remove(memory)
            raise GatewayDown(
                f"the modem does not open its memory {memory} ({answer[-1]})",
                "it is opened again by itself",
            )
        self._reading = memory

    def take_unsolicited(self, line: Line) -> bool:
        """Keep what came unasked; whether the modem told that it has restarted."""
        restarted = False
        while not line.unsolicited.empty():
            said = line.unsolicited.get_nowait()
            if said.tpdu:
                self._direct.append(Raw(_DIRECT, said.tpdu.encode()))
            restarted = restarted or says_restart(said.line)
            stored_in = re.match(r'\+C(?:DS|MT)I:\s*"(\w+)"', said.line)
            if stored_in and not {stored_in[1], _OWN} & set(self._memories):
                self._memories.append(stored_in[1])
        return restarted

    def forget(self, line: Line, raw: Raw) -> None:
        """Delete one message, if it is still the one that was listed in its slot.

        Raises:
            GatewayDown: the modem does not delete it.
        """
        if raw.slot == _DIRECT:
            self._direct = [each for each in self._direct if each != raw]
            return
        if self._listed.pop(raw.slot, None) != raw.octets:
            return
        memory, index = raw.slot.split(":")
        self._read_from(line, memory)
        answer = line.ask(f"AT+CMGD={index}")
        if answer[-1] != "OK":
            raise GatewayDown(
                f"the modem does not delete message {index} ({answer[-1]})",
                "it is tried again by itself",
            )
