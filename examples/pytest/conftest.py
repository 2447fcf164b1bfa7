"""The stub, as a fixture: a process of its own for each test, so that none sees what another created."""

import subprocess
from collections.abc import Iterator

import pytest
import requests

from customers import Customers


class Stub:
    """A running stub: where it listens, and what goes wrong with it."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url

    def arm(self, *faults: dict) -> None:
        """Arms faults of requests in the place of those that were armed; their form: `cloudlx schema faults`."""
        armed = requests.put(f"{self.base_url}/__stub/faults", json={"requests": faults}, timeout=10)
        assert armed.ok, armed.text  # It says where a fault is wrong, and what to write.

    def hits(self) -> list[int]:
        """How many requests each fault hit."""
        report = requests.get(f"{self.base_url}/__stub/faults", timeout=10).json()
        return [fault["hit"] for fault in report["requests"]]


@pytest.fixture
def stub() -> Iterator[Stub]:
    # Without --listen it takes a port that is free, and its first line says which.
    command = ["cloudlx", "stub", "--control"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            line = process.stdout.readline()
            assert line.startswith("listening on "), f"expected to hear where the stub listens, found {line!r}"
            yield Stub(line.removeprefix("listening on ").strip())
        finally:
            process.terminate()


@pytest.fixture
def customers(stub: Stub) -> Customers:
    return Customers(stub.base_url, client_id="stub", client_secret="stub")
