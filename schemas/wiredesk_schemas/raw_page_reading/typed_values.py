"""Values that serialisers write with their types around them: `{"string": "https://..."}`, `{"$numberInt": "200"}`."""

import re
from typing import Any

TYPES = frozenset(
    {
        "array", "boolean", "double", "float", "int", "long", "map", "string",
        "$numberDecimal", "$numberDouble", "$numberInt", "$numberLong",
        "BOOL", "M", "N", "S",
        "booleanValue", "boolValue", "doubleValue", "integerValue", "numberValue", "stringValue", "timestampValue",
    }
)  # fmt: skip
"""Types that stand as the only name around a value: of Avro's JSON, where it may be null; of MongoDB's Extended JSON;
of DynamoDB; of Protocol Buffers and Firestore."""

WRAPPED = "value"
"""The only name around a value of the wrappers of Protocol Buffers, and of `Optional` in Java."""

_JAVA_CLASS = re.compile(r"[a-z]\w{0,40}(?:\.[A-Za-z]\w{0,60}){1,10}")
"""The name of a class, which Jackson writes before a list: `["java.util.ArrayList", [...]]`."""


def without_type(value: Any, *, may_have_names: bool = False) -> Any:
    """Return the value that has its type around it; another value as it is.

    Args:
        may_have_names: the value may be an object whose names are not those of types: `value` is a name like any other.
    """
    if isinstance(value, dict):
        return _of_object(value, may_have_names=may_have_names)
    match value:
        case [str() as stated, list() as items] if _JAVA_CLASS.fullmatch(stated):
            return items
    return value


def _of_object(value: dict[Any, Any], *, may_have_names: bool) -> Any:
    if len(value) == 1:
        name, inner = next(iter(value.items()))
        is_name = may_have_names and (name == WRAPPED or len(name) == 1) and not isinstance(inner, dict)
        return inner if (name in TYPES or name == WRAPPED) and not is_name else value
    match value:
        case {"$type": str(), "$value": inner, **rest} if not rest:  # Newtonsoft of .NET
            return inner
        case {"$type": str(), "$values": list() as inner, **rest} if not rest:
            return inner
        case {"present": True, "value": inner, **rest} if not rest and not may_have_names:
            return inner
    return value
