"""The SIM's lock: PIN, PUK, and how many tries are left (TS 27.007 8.3).

What the SIM knows outlives restarts of the modem: three wrong PINs lock
it until the PUK is given, ten wrong PUKs for good.
"""

from gateways.simulated.at import cme

_PIN_TRIES, _PUK_TRIES = 3, 10


class SimLock:
    """One SIM's PIN."""

    def __init__(self, pin: str | None, puk: str) -> None:
        self._pin = pin
        self._puk = puk
        self.pin_tries = _PIN_TRIES
        self.puk_tries = _PUK_TRIES
        self._open = pin is None

    def lock(self, pin: str | None = None) -> None:
        """Ask for the PIN again, as after power on; with `pin`, set one."""
        self._pin = pin or self._pin
        self._open = self._pin is None

    @property
    def state(self) -> str:
        """The answer to `AT+CPIN?`.

        Raises:
            AtError: the SIM is dead.
        """
        if not self.puk_tries:
            raise cme(13)
        if not self.pin_tries:
            return "SIM PUK"
        return "READY" if self._open else "SIM PIN"

    @property
    def ready(self) -> bool:
        """Whether the SIM may be used."""
        return bool(self.puk_tries and self.pin_tries and self._open)

    def enter(self, code: str, new_pin: str | None) -> None:
        """Try a PIN, or where it is due a PUK and a new PIN.

        Raises:
            AtError: wrong, or nothing was asked for.
        """
        if self.state == "READY":
            raise cme(3)
        if self.state == "SIM PUK":
            self._try_puk(code, new_pin)
        else:
            self._try_pin(code)

    def _try_pin(self, code: str) -> None:
        if code != self._pin:
            self.pin_tries -= 1
            raise cme(16 if self.pin_tries else 12)
        self.pin_tries, self._open = _PIN_TRIES, True

    def _try_puk(self, code: str, new_pin: str | None) -> None:
        if code != self._puk or not new_pin:
            self.puk_tries -= 1
            raise cme(16)
        self._pin, self.pin_tries, self.puk_tries = new_pin, _PIN_TRIES, _PUK_TRIES
        self._open = True
