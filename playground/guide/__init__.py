"""Explains the studio: the answers of the help, and the API reference with its code examples."""
