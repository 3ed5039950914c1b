"""A web server for tests of fetching: it says what it is told to, byte for byte."""

import datetime as dt
import ipaddress
import socket
import ssl
import threading
from contextlib import contextmanager, suppress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Server:
    """Serves `pages`: path to octets, or to a function that is given the socket."""

    def __init__(self, pages, context=None):
        self.pages = pages
        self.requests = []
        self.closing = threading.Event()
        self._context = context
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self):
        scheme = "https" if self._context else "http"
        return f"{scheme}://127.0.0.1:{self.port}"

    def _serve(self):
        while not self.closing.is_set():
            try:
                peer, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(peer,), daemon=True).start()

    def _answer(self, peer):
        with suppress(OSError):
            if self._context:
                peer = self._context.wrap_socket(peer, server_side=True)
            with peer:
                self._converse(peer)

    def _converse(self, peer):
        received = b""
        while True:
            while b"\r\n\r\n" not in received:
                piece = peer.recv(4096)
                if not piece:
                    return
                received += piece
            head, _, received = received.partition(b"\r\n\r\n")
            self.requests.append(head.decode())
            page = self.pages[head.split()[1].decode()]
            if callable(page):
                page(peer, self.closing)
                return
            peer.sendall(page)

    @contextmanager
    def running(self):
        self._thread.start()
        try:
            yield self
        finally:
            self.closing.set()
            self._socket.close()


def answer(body=b"", status="200 OK", **headers):
    """Write an answer; `content_type` is the header Content-Type."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-').title()}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def certificate(folder, name="127.0.0.1"):
    """Make a key and a certificate that signs itself; give a server's context and the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = dt.datetime.now(dt.UTC)
    try:
        alternative = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        alternative = x509.DNSName(name)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    pem = serialization.Encoding.PEM
    file.write_bytes(built.public_bytes(pem))
    key_file = folder / f"{name}.key"
    key_file.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key_file)
    return context, str(file)
