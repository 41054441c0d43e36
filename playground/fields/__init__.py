"""The look of the fields of every form: the form renderer, and controls that Django does not have."""
