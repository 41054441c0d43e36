"""How the fields of every form look: the form renderer, and the controls that Django does not have."""
