"""The faults that wait in a simulator, each for a path at which it is asked whether it happens."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Fault:
    """One fault that waits for its path; `reason` is the other side's word, if it has one."""

    name: str
    at: str
    times: int
    reason: str = ""


class Faults:
    """The faults that are still to come, oldest first; `known` says what each one does.

    A fault of `reasons` may be told one of them in place of a path; else it has the first.
    """

    def __init__(
        self, known: Mapping[str, str], reasons: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        self._known = known
        self._reasons = reasons or {}
        self._waiting: list[Fault] = []

    def add(self, name: str, at: str, times: int) -> None:
        """Let `name` happen `times` times at paths containing `at`; an unknown one: ValueError."""
        if name not in self._known:
            raise ValueError(f"no fault {name!r}; there are {', '.join(self._known)}")
        if times < 1:
            raise ValueError(f"a fault happens at least once, not {times} times")
        reasons = self._reasons.get(name, ("",))
        reason, at = (at, "") if at in reasons else (reasons[0], at)
        self._waiting.append(Fault(name=name, at=at, times=times, reason=reason))

    def take(self, name: str, path: str, *, named_only: bool = False) -> bool:
        """Say whether the fault happens now, and count it; `named_only` asks for an `at`."""
        return self._taken(name, path, named_only=named_only) is not None

    def why(self, name: str, path: str) -> str:
        """Return the reason of the fault if it happens now, and count it; "" when it does not."""
        fault = self._taken(name, path)
        return fault.reason if fault else ""

    def _taken(self, name: str, path: str, *, named_only: bool = False) -> Fault | None:
        for fault in self._waiting:
            if fault.name == name and fault.at in path and (fault.at or not named_only):
                fault.times -= 1
                if not fault.times:
                    self._waiting.remove(fault)
                return fault
        return None
