"""Runs Django's deployment checks with the settings of production: `python -m tests.deploy_check`."""

import os
import subprocess
import sys
import tempfile

from cryptography.fernet import Fernet

PRODUCTION = {
    "DEBUG": "0",
    "SECRET_KEY": "k" * 20 + "0123456789abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "studio.example.com",
    "PUBLIC_URL": "https://studio.example.com",
    "KEY_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
}

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
        environment = os.environ | PRODUCTION | {"DATA_DIR": folder}
        sys.exit(subprocess.run(command, env=environment, check=False).returncode)
