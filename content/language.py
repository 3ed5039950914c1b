"""Which language to serve where the wanted one is missing."""

from collections.abc import Collection, Sequence


def nearest(wanted: str, available: Collection[str], order: Sequence[str]) -> str:
    """Choose from `available` what serves a reader of `wanted` best.

    That is the wanted one, else the first of `order`, the operator's
    languages, that is there, else the first by name.

    Raises:
        ValueError: `available` is empty.
    """
    if wanted in available:
        return wanted
    if not available:
        raise ValueError(f"no text in any language; wanted {wanted!r}")
    return next((one for one in order if one in available), min(available))
