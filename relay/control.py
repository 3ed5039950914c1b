"""Running a node in the foreground, and the socket through which it is unlocked.

The socket lives in the state directory, which only its owner may enter.  It
takes one line, a key, and answers with one line.
"""

import logging
import signal
import socket
import threading
import time
from pathlib import Path
from types import FrameType

from config.settings import Settings
from relay.instance import socket_path
from relay.keys import KeyProblemError, parse_key, show_key
from relay.node import Node
from relay.store import StoreBusyError, StoreFullError

log = logging.getLogger("jarshy.node")

TALK_S = 5.0
MOST_OCTETS = 256
RETRY_S = 2.0


def open_node(settings: Settings) -> Node:
    """Make a node; as long as its disk is full or its store busy, wait.

    Raises:
        StoreError, KeyProblemError, AlreadyRunningError: what does not pass by itself.
    """
    complained = ""
    while True:
        try:
            return Node(settings)
        except (StoreFullError, StoreBusyError) as error:
            if str(error) != complained:
                complained = str(error)
                log.error("%s", error)  # noqa: TRY400  # the text says it all
            time.sleep(RETRY_S)


def serve(node: Node) -> None:
    """Run `node` in this thread until SIGTERM or SIGINT; another one waits for its key."""

    def stop(number: int, _frame: FrameType | None) -> None:
        log.warning("stopping on %s", signal.Signals(number).name)
        node.request_stop()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    path = socket_path(node.settings.node.state_dir)
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen(1)
        threading.Thread(
            target=_wait_for_keys, args=(node, listener), name="control", daemon=True
        ).start()
        node.run()
    path.unlink(missing_ok=True)
    log.warning("stopped")


def _wait_for_keys(node: Node, listener: socket.socket) -> None:
    while True:
        try:
            talk, _ = listener.accept()
        except OSError:
            return  # the node has stopped and closed it
        _take_key(node, talk)


def _take_key(node: Node, talk: socket.socket) -> None:
    with talk:
        talk.settimeout(TALK_S)
        try:
            line = talk.recv(MOST_OCTETS).decode("ascii", "replace").strip()
            node.unlock(parse_key(line, "what was sent"))
            talk.sendall(b"ok\n")
            log.warning("unlocked by hand")
        except KeyProblemError as error:
            talk.sendall(f"{error}\n".encode())
        except OSError as error:
            log.warning("unlocking failed: %s", error)


def send_key(state_dir: Path, secret: bytes) -> None:
    """Unlock the node that runs on `state_dir`.

    Raises:
        KeyProblemError: no node runs there, or it refused the key.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as talk:
        talk.settimeout(TALK_S)
        try:
            talk.connect(str(socket_path(state_dir)))
            talk.sendall(show_key(secret).encode())
            answer = talk.recv(MOST_OCTETS * 4).decode().strip()
        except OSError as error:
            raise KeyProblemError(f"no node runs on {state_dir}: {error.strerror}") from None
    if answer != "ok":
        raise KeyProblemError(answer)
