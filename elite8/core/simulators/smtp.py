"""A mail server on this machine: takes letters, and refuses, delays and loses them on request.

Source of what is answered: RFC 5321, 3463 and 3207. Without a certificate it speaks without TLS, as
this machine's own may.
"""

import base64
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from elite8.core.simulators.faults import Faults

KNOWN_FAULTS = {
    "lost": "the letter is taken, and the line is cut before that is said",
    "dropped": "the line is cut as the letter comes in",
    "later": "450 to a recipient (greylisting)",
    "closing": "421, the server closes",
    "no-data": "451 where the letter would begin",
    "garbled": "the letter is taken, and what is said of it is no answer",
    "sender": "550 5.1.8 to a recipient, because of who sends",
}
USER, PASSWORD = "simulated@example.org", "simulated-password"
SIZE = 10 << 20


@dataclass
class MailSimulator:
    """A mail server: letters by recipient, in the order they came in.

    With `tls` it offers STARTTLS and lets nobody sign in without; `implicit`: TLS from the first
    byte. `heard` are the verbs that came over a plain line. `told` is called with each letter.
    """

    unknown: set[str] = field(default_factory=set)
    full: set[str] = field(default_factory=set)
    refuses_sender: bool = False
    taken: list[tuple[str, str, bytes]] = field(default_factory=list)
    faults: Faults = field(default_factory=lambda: Faults(KNOWN_FAULTS))
    host: str = "127.0.0.1"
    port: int = 0
    tls: ssl.SSLContext | None = None
    implicit: bool = False
    heard: list[str] = field(default_factory=list)
    told: Callable[[str, bytes], None] = lambda _to, _letter: None

    @contextmanager
    def serving(self) -> Iterator["MailSimulator"]:
        """Answer on loopback while the block runs."""
        simulator = self

        class Door(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with suppress(OSError):  # who hangs up in the middle is part of the play
                    Talk(simulator, self).go()

        with socketserver.ThreadingTCPServer((self.host, 0), Door) as server:
            server.daemon_threads, server.block_on_close = True, False
            self.port = server.server_address[1]
            thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()


class Talk:
    """One connection."""

    def __init__(self, server: MailSimulator, door: socketserver.StreamRequestHandler) -> None:
        self.server, self.door = server, door
        self.sender = self.to = ""
        self.rfile, self.wfile = door.rfile, door.wfile
        self.wrapped: ssl.SSLSocket | None = None

    def wrap(self) -> None:
        """Go on over TLS; what was said before is forgotten (RFC 3207, 4.2)."""
        assert self.server.tls is not None  # noqa: S101  # only then it is offered
        self.wrapped = self.server.tls.wrap_socket(self.door.request, server_side=True)
        self.rfile, self.wfile = self.wrapped.makefile("rb"), self.wrapped.makefile("wb")
        self.sender = self.to = ""

    def go(self) -> None:
        """Answer until the other side, or a fault, ends it."""
        if self.server.implicit:
            self.wrap()
        try:
            self.talk()
        finally:
            if self.wrapped is not None:
                self.wrapped.close()

    def talk(self) -> None:
        """Answer until the line ends."""
        self.say("220 mail.example.org ESMTP simulated")
        while line := self.rfile.readline(4096):
            words = line.decode("ascii", "replace").strip()
            verb, _, rest = words.partition(" ")
            if self.wrapped is None:
                self.server.heard.append(verb.upper())
            if not self.answer(verb.upper(), rest):
                return

    def say(self, text: str) -> None:
        """Write one answer."""
        self.wfile.write(f"{text}\r\n".encode())
        self.wfile.flush()

    def answer(self, verb: str, rest: str) -> bool:
        """Answer a command; return whether the line stays."""
        if verb in {"EHLO", "HELO"}:
            offers = "250-AUTH PLAIN" if self.is_safe() else "250-STARTTLS"
            self.say(f"250-mail.example.org\r\n250-SIZE {SIZE}\r\n{offers}\r\n250 8BITMIME")
        elif verb == "STARTTLS" and not self.is_safe():
            self.say("220 2.0.0 go ahead")
            self.wrap()
        elif verb in {"AUTH", "MAIL"} and not self.is_safe():
            self.say("530 5.7.0 STARTTLS first")
        elif verb == "AUTH":
            right = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
            good = rest == f"PLAIN {right}"
            self.say("235 2.7.0 in" if good else "535 5.7.8 no such user or password")
        elif verb in {"RSET", "NOOP"}:
            self.sender = self.to = ""
            self.say("250 2.0.0 ok")
        elif verb == "MAIL":
            self.mail(rest)
        elif verb == "RCPT":
            return self.recipient(rest.partition("<")[2].partition(">")[0])
        elif verb == "DATA":
            return self.data()
        elif verb == "QUIT":
            self.say("221 2.0.0 bye")
            return False
        else:
            self.say("500 5.5.1 what?")
        return True

    def is_safe(self) -> bool:
        """Return whether one may sign in on this line."""
        return self.server.tls is None or self.wrapped is not None

    def mail(self, rest: str) -> None:
        """Take or refuse a sender."""
        self.sender = rest.partition("<")[2].partition(">")[0]
        refuses = self.server.refuses_sender
        self.say("550 5.7.1 not you" if refuses else "250 2.1.0 ok")

    def recipient(self, to: str) -> bool:
        """Take or refuse a recipient."""
        if self.server.faults.take("closing", to):
            self.say("421 4.3.2 closing")
            return False
        if self.server.faults.take("later", to):
            self.say("450 4.2.0 greylisted")
        elif self.server.faults.take("sender", to):
            self.say("550 5.1.8 sender address rejected: domain not found")
        elif to in self.server.unknown:
            self.say("550 5.1.1 no such user")
        elif to in self.server.full:
            self.say("552 5.2.2 mailbox full")
        elif not self.sender:
            self.say("503 5.5.1 MAIL first")
        else:
            self.to = to
            self.say("250 2.1.5 ok")
        return True

    def data(self) -> bool:  # noqa: PLR0911  # each way a letter ends
        """Take a letter."""
        if not self.to:
            self.say("503 5.5.1 RCPT first")
            return True
        if self.server.faults.take("no-data", self.to):
            self.say("451 4.3.0 not now")
            return True
        self.say("354 go on")
        if self.server.faults.take("dropped", self.to):
            return False
        lines = []
        while (line := self.rfile.readline(1 << 16)) != b".\r\n":
            if not line:
                return False
            lines.append(line[1:] if line.startswith(b"..") else line)
        self.server.taken.append((self.sender, self.to, b"".join(lines)))
        self.server.told(self.to, self.server.taken[-1][2])
        if self.server.faults.take("garbled", self.to):
            self.say("what was that")
            return True
        if self.server.faults.take("lost", self.to):
            return False
        self.say("250 2.0.0 queued as 1")
        return True
