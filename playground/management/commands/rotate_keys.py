"""`manage.py rotate_keys`: encrypts everything again. Run it after you have put a new key first in
KEY_ENCRYPTION_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import encryption, keys
from accounts.auth import second_steps


class Command(BaseCommand):
    help = "Lock every stored secret with the first key of KEY_ENCRYPTION_KEYS, and name those that cannot be opened."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            changed, left = keys.rotate()
            steps, closed = second_steps.rotate()
        except encryption.RingError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{changed} API keys are now locked with the newest key.")
        self.stdout.write(f"{steps} secrets of authenticator and recovery codes are now locked with the newest key.")
        for key in left:
            self.stdout.write(f"Cannot be opened: {key} of {key.owner.get_username()}")
        for step in closed:
            self.stdout.write(f"Cannot be opened: {step.get_type_display()} of {step.user.get_username()}")
        lost = [f"{len(rows)} {what}" for rows, what in ((left, "API keys"), (closed, "secrets of codes")) if rows]
        if lost:
            raise CommandError(
                f"{' and '.join(lost)} cannot be opened with this key ring. "
                "Put the key they were locked with behind the newest one and run this again."
            )
        self.stdout.write("Nothing needs the older keys of the ring any more.")
