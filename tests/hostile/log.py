"""The log of the hostile upstream: lines of JSON that are only appended, each synced before its answer goes out.

Every line has `what` and `at` (unix seconds by the upstream's clock). The kinds:

post      an order arrived: order (its prompt), key (its Idempotency-Key), body (SHA-256 without callback_url), damage,
          outcome ("accepted", "refused" with a listed code, or "lost before" it was recorded)
accepted  a task exists: task, order, key, account, callback_url. One line for each task
finished  a task has ended: task, status, links
charge    credits were taken for a task (negative: given back): task, credits, moment (when)
served    a picture was sent whole: task, index, sha256
callback  a callback was delivered: url, names (the task it names), status
"""

import json
import os
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

Line = dict[str, Any]


class Log:
    """The file, for the one process that writes it."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def write(self, what: str, at: float, **facts: Any) -> None:
        line = json.dumps({"what": what, "at": at, **facts}) + "\n"
        with self._lock:
            os.write(self._file, line.encode())
            os.fsync(self._file)


def read(path: Path) -> list[Line]:
    """The lines that are whole. The last one is not if the upstream was killed while it wrote."""
    text = path.read_text() if path.exists() else ""
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


@dataclass
class Task:
    """One task as the log tells it. `charged` is in credits. `served` are the SHA-256 of the pictures that were sent
    whole, by index."""

    id: str
    order: str
    status: str = ""
    links: int = 0
    charged: Decimal = Decimal(0)
    served: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))


@dataclass
class Truth:
    """The whole log: the tasks by their ids, and the posts of each order (its prompt) in their order."""

    tasks: dict[str, Task]
    posts: dict[str, list[Line]]

    @classmethod
    def of(cls, lines: list[Line]) -> "Truth":
        tasks = {line["task"]: Task(line["task"], line["order"]) for line in lines if line["what"] == "accepted"}
        posts: dict[str, list[Line]] = defaultdict(list)
        for line in lines:
            if line["what"] == "post":
                posts[line["order"]].append(line)
            elif line["what"] == "finished":
                tasks[line["task"]].status, tasks[line["task"]].links = line["status"], line["links"]
            elif line["what"] == "charge":
                tasks[line["task"]].charged += Decimal(line["credits"])
            elif line["what"] == "served":
                tasks[line["task"]].served[line["index"]].add(line["sha256"])
        return cls(tasks, posts)

    def tasks_of(self, order: str) -> list[Task]:
        return [task for task in self.tasks.values() if task.order == order]
