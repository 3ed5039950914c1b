"""Requests on a control socket: how an operation is found, called and refused.

A request is `{"op": name, ...arguments}`; the answer is
`{"ok": true, "result": ...}` or `{"ok": false, "error": why}`.  A `wait_`
operation returns a question that the loop asks again whenever something
happened.
"""

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_origin, get_type_hints

Operations = Mapping[str, Callable[..., Any]]


class BadRequestError(ValueError):
    """The request names something that is not there."""


@dataclass(frozen=True, slots=True)
class Later:
    """The answer comes when `ask` returns something, or is `TimeoutError`."""

    ask: Callable[[], object]
    timeout_s: float
    otherwise: Callable[[], str]


def dispatch(operations: Operations, desk: object, request: object, now: float) -> object:
    """Do what a request asks; a `Later` if it is to wait.

    Raises:
        BadRequestError: it asks for nothing that there is.
    """
    name = request.get("op") if isinstance(request, dict) else None
    if not isinstance(request, dict) or not isinstance(name, str) or name not in operations:
        raise BadRequestError(f"no such operation; known: {', '.join(operations)}")
    given = {key: value for key, value in request.items() if key != "op"}
    try:
        inspect.signature(operations[name]).bind(desk, now, **given)
        _check(operations[name], given)
        result: object = operations[name](desk, now, **given)
    except (TypeError, ValueError) as error:
        # Arguments come from outside: unknown, of the wrong type, or out of range.
        raise BadRequestError(f"{name}: {error}") from None
    return result


def _check(operation: Callable[..., Any], given: Mapping[str, object]) -> None:
    """Refuse arguments that are not of the types that the operation declares."""
    hints = get_type_hints(operation)
    for key, value in given.items():
        if not _fits(value, hints[key]):
            raise TypeError(f"{key} is {type(value).__name__}, not what is needed here")


def _fits(value: object, hint: Any) -> bool:
    if hint is Any:
        return True
    if isinstance(value, float) and not math.isfinite(value):
        return False
    kind = get_origin(hint)
    if kind is dict:
        _, values = get_args(hint)
        return isinstance(value, dict) and all(_fits(each, values) for each in value.values())
    if get_args(hint):
        return any(_fits(value, each) for each in get_args(hint))
    if isinstance(value, bool) or hint is bool:
        return isinstance(value, bool) and hint is bool
    return isinstance(value, (int, float) if hint is float else hint)
