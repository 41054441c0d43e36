"""The WSGI application that the web server calls."""

import os
import signal

from django.core.wsgi import get_wsgi_application

from playground.management.supervisor import die_with_parent
from playground.references.uploads import whole_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")

# The server runs this in a child process. If the server is killed, that process must not keep the port.
die_with_parent(signal.SIGKILL)

application = whole_bodies(get_wsgi_application())
