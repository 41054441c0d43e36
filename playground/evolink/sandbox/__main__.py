"""`python -m playground.evolink.sandbox`: the sandbox as a server, without Django."""

from .server import main

main()
