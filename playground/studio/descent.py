"""What a generation of the studio's form comes from: the one whose settings the form was opened with, or the picture
that it has as a reference image."""

from accounts.models import User
from playground.models import Descent, Generation, Lineage
from playground.models.codes import code_or_nothing
from playground.models.queries import folded
from playground.studio.forms import GenerationForm

# The share of pairs of neighbouring characters that two prompts have in common, at least, to count as the same idea in
# other words. Prompts that have nothing to do with each other share a tenth.
_AKIN = 0.3


def descent_of(form: GenerationForm, user: User) -> Descent | None:
    """None if it comes from nothing that the person may see, or if another prompt has been written meanwhile."""
    code = code_or_nothing(form.cleaned_data["parent"])
    parent = Generation.objects.visible_to(user).filter(code=code).first() if code else None
    if parent is not None and akin(parent.prompt, form.cleaned_data["request"].prompt):
        return Descent(parent, Lineage.SETTINGS)
    for reference in form.pictures.chosen:
        source = reference.source
        if source and Generation.objects.visible_to(user).filter(pk=source.generation_id).exists():
            return Descent(source.generation, Lineage.REFERENCE, source.index)
    return None


def akin(first: str, second: str) -> bool:
    """Whether two prompts say something similar, in any language."""
    ours, theirs = _pairs(first), _pairs(second)
    return first == second or len(ours & theirs) >= _AKIN * len(ours | theirs) > 0


def _pairs(text: str) -> set[str]:
    plain = "".join(folded(text).split())
    return {plain[at : at + 2] for at in range(len(plain) - 1)}
