"""Draws the fields of every form: Django's form renderer with our templates (`templates/forms/`).

With `{{ form.name.as_field_group }}` a page gets label, control, error and hint from `forms/field.html`. If a page
needs something else around a field, it includes a template that extends that one. Another kind of control is a widget.
All radio buttons use `templates/django/forms/widgets/radio.html`.
"""

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import Input

from playground.fields.widgets import Slider

# Controls that people choose or press. They do not look like a text field.
_NOT_WRITTEN = (forms.CheckboxInput, forms.FileInput, forms.HiddenInput)
_PRESSED = (*_NOT_WRITTEN, Slider, forms.RadioSelect, forms.CheckboxSelectMultiple)


class BoundField(forms.BoundField):
    """A field with what our templates need."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        if self.use_fieldset:
            attrs.pop("aria-invalid", None)  # the group has it once, so its options do not need it
        if widget.is_hidden:
            attrs["autocomplete"] = "off"  # or a browser fills in an old value after Back
        if not isinstance(widget, _PRESSED):
            attrs["class"] = f"input {widget.attrs.get('class', '')}".strip()
        return attrs

    @property
    def aria_describedby(self) -> str | None:
        """The ids of the hint and the error. If a widget names its own hint, that one stays, and the error is added."""
        own = self.field.widget.attrs.get("aria-describedby")
        if own and self.errors:
            return f"{own} {self.auto_id}_error"
        return super().aria_describedby

    @property
    def optional(self) -> bool:
        """Whether the label says "optional": only if other fields of the form are required."""
        others = [one.field.required for one in self.form if _written(one.field.widget)]
        return _written(self.field.widget) and not self.field.required and any(others)


def _written(widget: forms.Widget) -> bool:
    """Whether people type into it."""
    return isinstance(widget, Input | forms.Textarea) and not isinstance(widget, _NOT_WRITTEN)


class Renderer(TemplatesSetting):
    """The setting `FORM_RENDERER`: our templates, also for forms from packages."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = BoundField
