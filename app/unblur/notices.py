"""Sentences about what is no error and yet to be known: what was left, and what may be invented.

Free of Qt like `messages`, so that the window and the command line say the same thing.
"""

from __future__ import annotations


def left_message(tiles: int) -> tuple[str, str]:
    """A title and a sentence for `tiles` that stayed as they were, since the model failed."""
    places = "one part" if tiles == 1 else f"{tiles} parts"
    sentence = (
        f"The model gave no usable picture for {places} of this photo: left as before. "
        "Try another model or quality there."
    )
    return "Not everything was restored", sentence


def fallback_message(instead_of: str) -> tuple[str, str]:
    """A title and a sentence for a GPU that is there and cannot be used, and why."""
    sentence = f"{instead_of}. Restoring takes longer that way; the pictures are the same."
    return "The CPU is used, since the GPU does not work with Unblur", sentence


def gpu_full_message() -> tuple[str, str]:
    """A title and a sentence for a GPU whose memory was used up even for the smallest tile."""
    sentence = (
        "Unblur went on with the CPU, which takes longer. What was restored until then is kept. "
        "Close other programs that use the GPU."
    )
    return "The memory of the GPU is used up", sentence


def kept_message(places: int) -> tuple[str, str]:
    """A title and a sentence for places that look hidden on purpose, and were not restored."""
    if places == 1:
        what = "A place on this photo looks pixelated or blurred on purpose"
        return "Left as it is", f"{what}, perhaps to protect somebody."
    what = f"{places} places on this photo look pixelated or blurred on purpose"
    return "Left as they are", f"{what}, perhaps to protect somebody."


def invented_message(faces: int) -> str:
    """A sentence for so many faces that are too blurred; empty for none."""
    if not faces:
        return ""
    who = "A face is" if faces == 1 else f"{faces} faces are"
    return f"{who} too blurred to tell who it is: details of a restored face may be invented."


def unreadable_message(lines: int) -> str:
    """A sentence for so many lines of text that are too blurred; empty for none.

    It does not count them: how writing falls apart into lines is the finder's choice.
    """
    if not lines:
        return ""
    return "Some writing is hardly readable: what a model writes there may be invented."
