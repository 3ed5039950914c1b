"""The far end of a pty: a modem of few words, for what the simulator is too decent to do."""

import os
import select
import threading
import tty

OK = b"\r\nOK\r\n"
SILENCE = b""
GONE = None  # instead of an answer: the port vanishes
TEXT = "text"  # what a unit ended by Ctrl-Z is called
ESCAPE = "escape"
_ENDS = {b"\r": "", b"\x1a": TEXT, b"\x1b": ESCAPE}


class Peer:
    """Answers commands from a table; what is not in it, with OK.

    An answer may be a list: its elements one after the other, the last for good.
    """

    def __init__(self, answers=None):
        self.answers = answers or {}
        self.heard = []
        self._told = threading.Condition()
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        self._wake, self._button = os.pipe()
        self._open = True
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def say(self, octets):
        """Say something unasked."""
        os.write(self._master, octets)

    def wait_heard(self, unit, times=1):
        """Wait until the host wrote it so often."""
        with self._told:
            assert self._told.wait_for(lambda: self.heard.count(unit) >= times, 5)

    def vanish(self):
        """Be pulled out."""
        os.write(self._button, b"x")
        self._thread.join()

    def close(self):
        """Leave nothing behind."""
        self.vanish()
        os.close(self._wake)
        os.close(self._button)

    def _run(self):
        pending = b""
        while self._open:
            ready, _, _ = select.select([self._master, self._wake], [], [])
            if self._wake in ready:
                self._hang_up()
                return
            for octet in os.read(self._master, 4096):
                pending += bytes([octet])
                if bytes([octet]) in _ENDS:
                    self._answer(pending)
                    pending = b""

    def _answer(self, octets):
        unit = _ENDS[octets[-1:]] or octets[:-1].decode()
        answer = self.answers.get(unit, OK if unit else SILENCE)
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        with self._told:
            self.heard.append(unit)
            self._told.notify_all()
        if answer is GONE:
            self._hang_up()
        elif self._open:
            os.write(self._master, answer)

    def _hang_up(self):
        if self._open:
            self._open = False
            os.close(self._slave)
            os.close(self._master)
