"""A request as code that runs: cURL, Python with httpx, JavaScript with fetch. The key comes from the environment."""

import json
import pprint
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import indent

from django.conf import settings

KEY = "EVOLINK_API_KEY"


@dataclass(frozen=True)
class Snippet:
    id: str
    name: str
    code: str


def snippets(body: Mapping[str, object]) -> list[Snippet]:
    """`body` is the JSON of the POST. Our own callback address is nobody else's."""
    body = {name: value for name, value in body.items() if name != "callback_url"}
    return [
        Snippet("curl", "cURL", _curl(body)),
        Snippet("python", "Python", _python(body)),
        Snippet("javascript", "JavaScript", _javascript(body)),
    ]


def _curl(body: Mapping[str, object]) -> str:
    data = json.dumps(body, ensure_ascii=False, indent=2)
    return f"""\
curl {settings.EVOLINK_URL}/v1/images/generations \\
  -H "Authorization: Bearer ${KEY}" \\
  -H "Content-Type: application/json" \\
  -d {shlex.quote(data)}

# The answer names a task. Ask for it until its status is "completed":
curl {settings.EVOLINK_URL}/v1/tasks/TASK_ID -H "Authorization: Bearer ${KEY}"
"""


def _python(body: Mapping[str, object]) -> str:
    literal = pprint.pformat(dict(body), sort_dicts=False, width=100)
    return f"""\
import os
import time

import httpx

request = {indent(literal, " " * 10).lstrip()}

with httpx.Client(
    base_url="{settings.EVOLINK_URL}",
    headers={{"Authorization": f"Bearer {{os.environ['{KEY}']}}"}},
) as evolink:
    task = evolink.post("/v1/images/generations", json=request).raise_for_status().json()
    while task["status"] not in ("completed", "failed"):
        time.sleep(3)
        task = evolink.get(f"/v1/tasks/{{task['id']}}").raise_for_status().json()

print(task.get("results") or task.get("error"))
"""


def _javascript(body: Mapping[str, object]) -> str:
    literal = json.dumps(body, ensure_ascii=False, indent=2)
    return f"""\
const evolink = async (path, options = {{}}) => {{
  const headers = {{ Authorization: `Bearer ${{process.env.{KEY}}}`, "Content-Type": "application/json" }};
  const response = await fetch(`{settings.EVOLINK_URL}${{path}}`, {{ ...options, headers }});
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}};

const request = {literal};

let task = await evolink("/v1/images/generations", {{ method: "POST", body: JSON.stringify(request) }});
while (!["completed", "failed"].includes(task.status)) {{
  await new Promise((resolve) => setTimeout(resolve, 3000));
  task = await evolink(`/v1/tasks/${{task.id}}`);
}}

console.log(task.results ?? task.error);
"""
