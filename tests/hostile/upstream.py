"""The hostile upstream as tests hold it: a process to start, to tell, to kill and to start again."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.hostile.log import Truth, read

ROOT = Path(__file__).parents[2]


class Upstream:
    """The process. `seed` draws what happens to each order; without one, only the words in prompts do."""

    def __init__(self, folder: Path, *, seed: str = "", callbacks_to: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._seed = seed
        self._callbacks_to = callbacks_to
        self._ahead = 0.0
        self._port = 0
        self._control = httpx.Client(trust_env=False, timeout=60)
        self.start()

    def start(self) -> None:
        """Start it, the second time at the same address."""
        command = [sys.executable, "-m", "tests.hostile.server", str(self.folder), f"--port={self._port}"]
        options = [f"--seed={self._seed}", f"--callbacks-to={self._callbacks_to}", f"--ahead={self._ahead}"]
        self._process = subprocess.Popen([*command, *options], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.base = self._process.stdout.readline().strip()
        assert self.base, "the hostile upstream did not start"
        self._port = int(self.base.rpartition(":")[2])

    def kill(self) -> None:
        """As by `kill -9`."""
        self._process.kill()
        self._process.communicate()

    def close(self) -> None:
        self.kill()
        self._control.close()

    def tell(self, **words: Any) -> dict[str, Any]:
        """Change what is named (see `Hostile._told`). Returns which tasks wait with a callback."""
        self._ahead = words.get("ahead", self._ahead)
        answer = self._control.post(f"{self.base}/hostile/", json=words)
        return dict(answer.raise_for_status().json())

    @contextmanager
    def no_callbacks(self) -> Iterator[None]:
        """None is under way and none is delivered meanwhile. They come later."""
        self.tell(callbacks_to="")
        try:
            yield
        finally:
            self.tell(callbacks_to=self._callbacks_to)

    def truth(self) -> Truth:
        """What it has written down."""
        return Truth.of(read(self.folder / "log.jsonl"))
