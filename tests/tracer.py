"""
Servers that are killed right before their N-th call that changes the data folder.

``python tests/tracer.py`` obeys single lines of its input and answers each with
one line: ``start FOLDER PORT`` forks a ``dcs serve`` (everything is imported
already, so it takes a fraction of a start), ``trace N`` counts from then on,
over all its threads, the calls that change the folder, and kills it before the
N-th (0: never), ``calls`` tells them, ``kill`` ends it. The count is one for
the process: strace counts for each thread and each call apart, so its
``when=N`` reaches a few of the places only.
"""

import ctypes
import errno
import os
import platform
import select
import signal
import sys

SEIZE, INTERRUPT, RESUME, LISTEN, SYSCALL_INFO = 0x4206, 0x4207, 24, 0x4208, 0x420E
OPTIONS = 0x1 | 0x8 | 0x100000  # tell calls from signals, follow threads, die with the tracer
EVENT_STOP = 128
DIE_WITH_PARENT = 1
ENTRY = 1
WALL = 0x40000000
FD, PATH, DIRECTORY = "descriptor", "path", "directory and path"

# Number, name, and where the name of the file is: as a descriptor, a path, or a folder and a path.
_X86_64 = {
    1: ("write", FD, 0), 18: ("pwrite64", FD, 0), 20: ("writev", FD, 0), 74: ("fsync", FD, 0),
    75: ("fdatasync", FD, 0), 77: ("ftruncate", FD, 0), 91: ("fchmod", FD, 0),
    76: ("truncate", PATH, 0), 82: ("rename", PATH, 0), 83: ("mkdir", PATH, 0),
    84: ("rmdir", PATH, 0), 86: ("link", PATH, 1), 87: ("unlink", PATH, 0), 90: ("chmod", PATH, 0),
    257: ("openat", DIRECTORY, 0), 258: ("mkdirat", DIRECTORY, 0), 263: ("unlinkat", DIRECTORY, 0),
    264: ("renameat", DIRECTORY, 0), 265: ("linkat", DIRECTORY, 2), 316: ("renameat2", DIRECTORY, 0),
}  # fmt: skip
_AARCH64 = {
    64: ("write", FD, 0), 68: ("pwrite64", FD, 0), 66: ("writev", FD, 0), 82: ("fsync", FD, 0),
    83: ("fdatasync", FD, 0), 46: ("ftruncate", FD, 0), 52: ("fchmod", FD, 0),
    45: ("truncate", PATH, 0), 53: ("fchmodat", DIRECTORY, 0), 56: ("openat", DIRECTORY, 0),
    34: ("mkdirat", DIRECTORY, 0), 35: ("unlinkat", DIRECTORY, 0), 37: ("linkat", DIRECTORY, 2),
    38: ("renameat", DIRECTORY, 0), 276: ("renameat2", DIRECTORY, 0),
}  # fmt: skip
CALLS = {"x86_64": _X86_64, "aarch64": _AARCH64}.get(platform.machine(), {})


class Info(ctypes.Structure):
    """What the kernel says about a call that a thread has stopped at."""

    _fields_ = (
        ("op", ctypes.c_uint8),
        ("pad", ctypes.c_uint8 * 3),
        ("arch", ctypes.c_uint32),
        ("ip", ctypes.c_uint64),
        ("sp", ctypes.c_uint64),
        ("number", ctypes.c_uint64),
        ("arguments", ctypes.c_uint64 * 6),
    )


_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
_libc.ptrace.restype = ctypes.c_long


def ptrace(request: int, thread: int, address: int = 0, data: int = 0) -> bool:
    """Ask the kernel; False if the thread has gone."""
    if _libc.ptrace(request, thread, address, data) != -1:
        return True
    number = ctypes.get_errno()
    if number != errno.ESRCH:
        raise OSError(number, os.strerror(number))
    return False


def threads_of(process: int) -> set[int]:
    """Return the process's threads of this moment."""
    return {int(name) for name in os.listdir(f"/proc/{process}/task")}


def kind_of(call: str) -> str:
    """Return a call's name and where in the folder its file is."""
    name, _, path = call.partition(" ")
    return f"{name}:{path.partition('/')[0]}"


class Trace:
    """The calls of one process, and its end."""

    def __init__(self, process: int, folder: str, kind: str, until: int) -> None:
        self.calls: list[str] = []
        self._process = process
        self._folder = os.path.realpath(folder) + "/"
        self._kind = kind
        self._left = until
        self._memory = os.open(f"/proc/{process}/mem", os.O_RDONLY)
        seized: set[int] = set()
        while new := threads_of(process) - seized:  # those begun later are followed by themselves
            for thread in new:
                ptrace(SEIZE, thread, 0, OPTIONS)
                ptrace(INTERRUPT, thread)
            seized |= new

    def close(self) -> None:
        """Let go of what belongs to the process, once it has ended."""
        os.close(self._memory)

    def stopped(self, thread: int, status: int) -> None:
        """Look why a thread has stopped, and let it go on."""
        stop, event = os.WSTOPSIG(status), status >> 16
        passed = 0
        if stop == signal.SIGTRAP | 0x80:
            self._called(thread)
        elif event == EVENT_STOP and stop in {signal.SIGSTOP, signal.SIGTSTP}:
            ptrace(LISTEN, thread)
            return
        elif not event:
            passed = stop
        ptrace(RESUME, thread, 0, passed)

    def _called(self, thread: int) -> None:
        info = Info()
        if not ptrace(SYSCALL_INFO, thread, ctypes.sizeof(info), ctypes.addressof(info)):
            return
        if info.op != ENTRY or info.number not in CALLS:
            return
        call = self._described(info)
        if call is None:
            return
        self.calls.append(call)
        self._left -= self._kind in {"any", kind_of(call)}
        if self._left == 0 and self._kind in {"any", kind_of(call)}:
            os.kill(self._process, signal.SIGKILL)

    def _described(self, info: Info) -> str | None:
        """Return the call and its file, if it changes something in the folder."""
        call, kind, place = CALLS[info.number]
        if call == "openat" and not info.arguments[2] & os.O_CREAT:
            return None
        if kind == FD:
            path = self._opened(info.arguments[place])
        else:
            path = self._text(info.arguments[place + (kind == DIRECTORY)])
        if not (path + "/").startswith(self._folder):
            return None
        return f"{call} {path.removeprefix(self._folder)}"

    def _opened(self, descriptor: int) -> str:
        try:
            return os.readlink(f"/proc/{self._process}/fd/{descriptor}")
        except FileNotFoundError:
            return ""

    def _text(self, address: int) -> str:
        page_end = 4096 - address % 4096
        text = os.pread(self._memory, page_end, address)
        if b"\0" not in text:
            text += os.pread(self._memory, 4096, address + page_end)
        return text.split(b"\0", 1)[0].decode()


class Host:
    """One server at a time."""

    def __init__(self) -> None:
        self._child = 0
        self._trace: Trace | None = None
        self._waking, wake = os.pipe()
        os.set_blocking(self._waking, False)
        os.set_blocking(wake, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)

    def serve(self) -> None:
        """Obey until the input ends."""
        rest = b""
        while True:
            ready, _, _ = select.select([0, self._waking], [], [])
            if self._waking in ready:
                os.read(self._waking, 4096)
                self._look()
            if 0 in ready:
                read = os.read(0, 4096)
                *lines, rest = (rest + read).split(b"\n")
                for line in lines:
                    sys.stdout.write(self._obey(line.decode().split(" ")) + "\n")
                    sys.stdout.flush()
                if not read:
                    self._end()
                    return

    def _obey(self, words: list[str]) -> str:
        match words:
            case ["start", folder, port]:
                self._trace = None
                self._child = os.fork()
                if self._child == 0:
                    _become_server(folder, port)
                return str(self._child)
            case ["trace", folder, kind, until]:
                self._trace = Trace(self._child, folder, kind, int(until))
                return "tracing"
            case ["calls"]:
                return "\t".join([] if self._trace is None else self._trace.calls)
            case ["alive"]:
                return "yes" if self._child else "no"
            case _:
                self._end()
                return "gone"

    def _end(self) -> None:
        if self._child:
            os.kill(self._child, signal.SIGKILL)
        while self._child:
            self._note(*os.waitpid(-1, WALL))

    def _look(self) -> None:
        while self._child:
            thread, status = os.waitpid(-1, WALL | os.WNOHANG)
            if thread == 0:
                return
            self._note(thread, status)

    def _note(self, thread: int, status: int) -> None:
        if os.WIFSTOPPED(status):
            if self._trace is not None:
                self._trace.stopped(thread, status)
        elif thread == self._child:
            self._child = 0
            if self._trace is not None:
                self._trace.close()


def _become_server(folder: str, port: str) -> None:
    """Be a server from here on, that ends with this program at the latest."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _libc.prctl(DIE_WITH_PARENT, signal.SIGKILL)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    from dcs.cli import main

    sys.argv = ["dcs", "serve", "--data-dir", folder, "--port", port]
    main()


if __name__ == "__main__":
    import dcs.cli.serve  # imported once, for every server
    import dcs.roles  # noqa: F401

    Host().serve()
