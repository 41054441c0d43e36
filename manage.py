#!/usr/bin/env python3
"""The door: every command starts here."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # A sentence that says what to set, instead of a page of Python.
        sys.exit(f"{error}")


if __name__ == "__main__":
    main()
