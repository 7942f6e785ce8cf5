"""The words of the pages' scripts, one file for each language; English needs none."""

from __future__ import annotations

from flask import Blueprint, Response

from core.errors import NotFound
from web.language import PATH, words, words_address

blueprint = Blueprint("words", __name__)


@blueprint.get(f"{PATH}<language>.js")
def get_words(language: str) -> Response:
    """The catalogue of a language as a script; what is not spoken here is a 404."""
    if not words_address(language):
        raise NotFound("This language is not spoken here")
    return Response(words(language), mimetype="text/javascript")
