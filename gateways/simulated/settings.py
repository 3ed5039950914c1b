"""What a simulation consists of: its folder, its modems, its network."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

BALANCE = "Balance 1000.00 KZT"


@dataclass(frozen=True, slots=True)
class ModemConfig:
    """One modem and the SIM in it.

    `name` names its tty in the folder: `NAME.tty`.
    """

    name: str
    number: str  # E.164
    latency_s: float = 0.05  # between Ctrl-Z and the verdict
    slots: int = 20  # of each of SM and ME
    pin: str | None = None
    puk: str = "12345678"
    report_memory: str = ""  # where reports are stored: "" where messages are, or "SR"
    volatile_me: bool = False  # ME forgets at a restart, as cheap sticks do
    ussd: Mapping[str, str] = field(default_factory=lambda: {"*100#": BALANCE})

    def __post_init__(self) -> None:
        """Refuse names that are no file names, and numbers that are no numbers."""
        if not re.fullmatch(r"[\w-]+", self.name):
            raise ValueError(f"modem {self.name!r}: letters, digits, - and _ make a name")
        if not re.fullmatch(r"\+\d{5,15}", self.number):
            raise ValueError(f"modem {self.name}: its number is not like +77010000001")


@dataclass(frozen=True, slots=True)
class SimulationConfig:
    """One air, and the modems on it."""

    directory: Path
    modems: tuple[ModemConfig, ...]
    report_delay_s: float = 0.2
    reports: bool = True
    zone_quarters: int = 20  # of an hour, east: +05:00
    smsc: str = "+77010000099"
    acknowledge_s: float = 15.0  # how long a direct +CMT waits for +CNMA
    log_commands: bool = False
