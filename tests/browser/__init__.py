"""Tests in a real browser: what people click."""

import os
import shutil

# The headless shell is the same engine without windows, which takes half the time.
SHELL = "chromium-headless-shell"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium(*names: str) -> str | None:
    """CHROMIUM, or the first one on the PATH; `names` are the ones to look for."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names or (SHELL, *BROWSERS))), None)
