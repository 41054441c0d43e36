"""Example code that calls EvoLink, in three languages. The API reference shows it, and so does a request as code.

Each example runs unchanged with sh and curl, with Python and httpx, or with Node 18 or newer. It reads the key from the
environment. tests/guide/test_docs.py reads every example from the page and runs it against the sandbox.
"""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from string import Template
from typing import Final

from playground.evolink.client import API_URL, FILES_URL
from playground.evolink.model import Model

KEY: Final = "EVOLINK_API_KEY"
PROMPT: Final = "A beautiful colorful sunset over the ocean"
PHOTO: Final = "photo.png"
MASK: Final = "mask.png"

Body = Mapping[str, object]


@dataclass(frozen=True)
class Code:
    """One example in one language. `file` is the file name for saving it, `command` runs it."""

    language: str
    name: str
    file: str
    command: str
    text: str


# --- From a prompt to files -----------------------------------------------------------------------------------

_GENERATE_CURL = """\
set -e
task=$$(curl -sS --fail-with-body $API/v1/images/generations \\
  -H "Authorization: Bearer $$$KEY" \\
  -H "Content-Type: application/json" \\
  -d $body \\
  | sed -n 's/.*"id":"\\([^"]*\\)".*/\\1/p')

while true; do
  answer=$$(curl -sS --fail-with-body "$API/v1/tasks/$$task" -H "Authorization: Bearer $$$KEY")
  case "$$answer" in
    *'"status":"completed"'*) break ;;
    *'"status":"failed"'* | *'"status":"cancelled"'*) printf '%s\\n' "$$answer"; exit 1 ;;
  esac
  sleep 3
done

# The links die after 24 hours: save the pictures now.
for link in $$(printf %s "$$answer" | sed 's/.*"results":\\[\\([^]]*\\)\\].*/\\1/' | tr -d '"' | tr ',' ' '); do
  curl -sS --fail -O "$$link"
done
"""

_GENERATE_PYTHON = """\
import os
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx

request = $body

with httpx.Client(base_url="$API", timeout=30) as evolink:
    evolink.headers["Authorization"] = f"Bearer {os.environ['$KEY']}"
    task = evolink.post("/v1/images/generations", json=request).raise_for_status().json()
    while True:
        task = evolink.get(f"/v1/tasks/{task['id']}").raise_for_status().json()
        if task["status"] in ("completed", "failed", "cancelled"):
            break
        time.sleep(3)

if task["status"] != "completed":
    raise SystemExit(task["error"]["message"])

# The links die after 24 hours: save the pictures now.
for link in task["results"]:
    Path(Path(urlsplit(link).path).name).write_bytes(httpx.get(link, timeout=120).raise_for_status().content)
"""

_GENERATE_JAVASCRIPT = """\
import { writeFile } from "node:fs/promises";
import { basename } from "node:path";

const request = $body;

const headers = { Authorization: `Bearer $${process.env.$KEY}`, "Content-Type": "application/json" };
const evolink = async (path, options = {}) => {
  const response = await fetch(`$API$${path}`, { headers, ...options });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
};

let task = await evolink("/v1/images/generations", { method: "POST", body: JSON.stringify(request) });
while (true) {
  task = await evolink(`/v1/tasks/$${task.id}`);
  if (["completed", "failed", "cancelled"].includes(task.status)) break;
  await new Promise((resolve) => setTimeout(resolve, 3000));
}
if (task.status !== "completed") throw new Error(task.error.message);

// The links die after 24 hours: save the pictures now.
for (const link of task.results) {
  const picture = await fetch(link);
  if (!picture.ok) throw new Error(`HTTP $${picture.status}`);
  await writeFile(basename(new URL(link).pathname), Buffer.from(await picture.arrayBuffer()));
}
"""


def generate(body: Body) -> tuple[Code, ...]:
    """Code that submits `body`, waits for the task, and saves its pictures."""
    return _in_three("generate", _GENERATE_CURL, _GENERATE_PYTHON, _GENERATE_JAVASCRIPT, body)


# --- From a file on the disk to a task that uses it --------------------------------------------------------------

# The lines with "mask" are left out for a model that takes none.
_EDIT_CURL = """\
set -e
upload() {
  curl -sS --fail-with-body $FILES/api/v1/files/upload/stream \\
    -H "Authorization: Bearer $$$KEY" \\
    -F file=@"$$1" \\
    | sed -n 's/.*"file_url":"\\([^"]*\\)".*/\\1/p'
}

photo=$$(upload $PHOTO)
mask=$$(upload $MASK)  # only what is transparent in the mask is drawn anew

curl -sS --fail-with-body $API/v1/images/generations \\
  -H "Authorization: Bearer $$$KEY" \\
  -H "Content-Type: application/json" \\
  -d '{
    "model": "$model",
    "image_urls": ["'"$$photo"'"],
    "mask_url": "'"$$mask"'",
    "prompt": "$edit"
  }'
"""

_EDIT_PYTHON = """\
import os

import httpx

headers = {"Authorization": f"Bearer {os.environ['$KEY']}"}


def upload(name):
    with open(name, "rb") as file:
        answer = httpx.post("$FILES/api/v1/files/upload/stream", headers=headers, files={"file": file}, timeout=300)
    return answer.raise_for_status().json()["data"]["file_url"]


request = {
    "model": "$model",
    "prompt": "$edit",
    "image_urls": [upload("$PHOTO")],
    "mask_url": upload("$MASK"),  # only what is transparent in the mask is drawn anew
}
task = httpx.post("$API/v1/images/generations", headers=headers, json=request, timeout=30)
print(task.raise_for_status().json())
"""

_EDIT_JAVASCRIPT = """\
import { readFile } from "node:fs/promises";

const headers = { Authorization: `Bearer $${process.env.$KEY}` };
const send = async (url, body, more = {}) => {
  const response = await fetch(url, { method: "POST", headers: { ...headers, ...more }, body });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
};
const upload = async (name) => {
  const form = new FormData();
  form.append("file", new Blob([await readFile(name)], { type: "image/png" }), name);
  return (await send("$FILES/api/v1/files/upload/stream", form)).data.file_url;
};

const request = {
  model: "$model",
  prompt: "$edit",
  image_urls: [await upload("$PHOTO")],
  mask_url: await upload("$MASK"), // only what is transparent in the mask is drawn anew
};
const task = await send("$API/v1/images/generations", JSON.stringify(request), { "Content-Type": "application/json" });
console.log(task);
"""


def edit(model: Model) -> tuple[Code, ...]:
    """Code that uploads a picture, and a mask if the model takes one, and submits an edit of the picture."""

    def fitting(template: str) -> str:
        lines = template.splitlines(keepends=True)
        return "".join(line for line in lines if model.takes_mask or "mask" not in line.lower())

    curl, python, javascript = map(fitting, (_EDIT_CURL, _EDIT_PYTHON, _EDIT_JAVASCRIPT))
    return _in_three("edit", curl, python, javascript, {"model": model.id})


# --- The remaining credits --------------------------------------------------------------------------------------

_CREDITS_CURL = """\
curl -sS --fail-with-body $API/v1/credits -H "Authorization: Bearer $$$KEY"
"""

_CREDITS_PYTHON = """\
import os

import httpx

headers = {"Authorization": f"Bearer {os.environ['$KEY']}"}
answer = httpx.get("$API/v1/credits", headers=headers, timeout=30)
print(answer.raise_for_status().json()["data"]["user"]["remaining_credits"])
"""

_CREDITS_JAVASCRIPT = """\
const headers = { Authorization: `Bearer $${process.env.$KEY}` };
const answer = await fetch("$API/v1/credits", { headers });
if (!answer.ok) throw new Error(await answer.text());
console.log((await answer.json()).data.user.remaining_credits);
"""


def credits() -> tuple[Code, ...]:
    """Code that reads the balance."""
    return _in_three("credits", _CREDITS_CURL, _CREDITS_PYTHON, _CREDITS_JAVASCRIPT, {})


def _in_three(name: str, curl: str, python: str, javascript: str, body: Body) -> tuple[Code, ...]:
    fixed = {"API": API_URL, "FILES": FILES_URL, "KEY": KEY, "PHOTO": PHOTO, "MASK": MASK}
    fixed |= {"edit": "Make it look like winter", "model": str(body.get("model", ""))}
    as_json = json.dumps(body, ensure_ascii=False, indent=2)

    def filled(template: str, literal: str) -> str:
        return Template(template).substitute(fixed, body=literal)

    return (
        Code("curl", "cURL", f"{name}.sh", f"sh {name}.sh", filled(curl, shlex.quote(as_json))),
        Code("python", "Python", f"{name}.py", f"python {name}.py", filled(python, _literal(body))),
        Code("javascript", "JavaScript", f"{name}.mjs", f"node {name}.mjs", filled(javascript, as_json)),
    )


def _literal(body: Body) -> str:
    """The body as a Python dictionary literal: one line for each key, strings in double quotes."""
    lines = [
        f"    {json.dumps(name)}: {json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)},"
        for name, value in body.items()
    ]
    return "\n".join(["{", *lines, "}"])
