"""Tests in a real browser: what people click."""

import os
import shutil


def find_chromium() -> str | None:
    """CHROMIUM, or the first one on the PATH."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
