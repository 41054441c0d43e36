"""How the fields of every form are drawn: Django's form renderer with our templates (`templates/forms/`).

A page writes `{{ form.name.as_field_group }}` and gets label, control, error and hint from `forms/field.html`. Where it
wants something else around a field it includes a template that extends that one; a control of another kind is a widget.
Radio buttons look like `templates/django/forms/widgets/radio.html` everywhere.
"""

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import Input

# What is chosen or pressed, and does not look like a line to write on.
_NOT_WRITTEN = (forms.CheckboxInput, forms.FileInput, forms.HiddenInput)
_PRESSED = (*_NOT_WRITTEN, forms.RadioSelect, forms.CheckboxSelectMultiple)


class BoundField(forms.BoundField):
    """A field as the templates draw it."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        if self.use_fieldset:
            attrs.pop("aria-invalid", None)  # the group says it once, not each of its options
        if not isinstance(widget, _PRESSED):
            attrs["class"] = f"input {widget.attrs.get('class', '')}".strip()
        return attrs

    @property
    def aria_describedby(self) -> str | None:
        """The ids of hint and error. A widget that names another hint of its own keeps that one beside the error."""
        own = self.field.widget.attrs.get("aria-describedby")
        if own and self.errors:
            return f"{own} {self.auto_id}_error"
        return super().aria_describedby

    @property
    def optional(self) -> bool:
        """Whether the label says that the field may stay empty: only where others in the form may not."""
        others = [one.field.required for one in self.form if _written(one.field.widget)]
        return _written(self.field.widget) and not self.field.required and any(others)


def _written(widget: forms.Widget) -> bool:
    """Whether a person types into it."""
    return isinstance(widget, Input | forms.Textarea) and not isinstance(widget, _NOT_WRITTEN)


class Renderer(TemplatesSetting):
    """`FORM_RENDERER`: the project's templates, for the forms of others too."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = BoundField
