"""`python -m playground.sandbox`: the sandbox as a server, without Django."""

from playground.sandbox.server import main

main()
