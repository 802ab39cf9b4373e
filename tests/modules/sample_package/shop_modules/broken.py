"""A module whose library is not there."""

import a_library_that_nobody_has

from designer import module


@module
def never(text: str) -> str:
    """Can't be imported."""
    return a_library_that_nobody_has.shout(text)
