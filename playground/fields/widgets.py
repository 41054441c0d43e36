"""Controls that Django does not have."""

from typing import Any

from django import forms


class SearchField(forms.CharField):
    """A search text. `forms/search_field.html` shows a magnifying glass in place of the label."""

    widget = forms.SearchInput

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)
        self.widget.attrs |= {"placeholder": self.label, "autocomplete": "off", "enterkeyhint": "search"}


class Choice(forms.RadioSelect):
    """Radio buttons. One is always chosen: `default` if the form has no value."""

    def __init__(self, *args: Any, default: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.default = default

    def format_value(self, value: Any) -> Any:
        return super().format_value(value or self.default)


class Stepper(forms.NumberInput):
    """A small number with buttons for one more and one less. It is never empty: without a value it shows its
    minimum."""

    template_name = "forms/widgets/stepper.html"

    def format_value(self, value: Any) -> Any:
        return super().format_value(value or self.attrs.get("min"))


class Slider(forms.NumberInput):
    """A number that people choose by its place between the least and the most: `default` if the form has no value."""

    input_type = "range"

    def __init__(self, *args: Any, default: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.default = default

    def format_value(self, value: Any) -> Any:
        return super().format_value(value or self.default)
