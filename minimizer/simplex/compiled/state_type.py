"""The state of a run for compiled code: an address, and an attribute for each field of `SCALARS`.

Numba's own type for a record has all its fields in its name, and in the name of every function that
gets one, which makes compiling slow.
"""

from __future__ import annotations

import numba
from llvmlite import ir
from numba import types
from numba.core.imputils import lower_getattr_generic, lower_setattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import NativeValue, models, register_model, unbox

from .state import SCALARS

FIELDS = {
    name: (numba.from_dtype(field[0]), field[1]) for name, field in (SCALARS.fields or {}).items()
}


class State(types.Type):
    """The state of a run."""

    def __init__(self) -> None:
        super().__init__("State")


state_view = State()


@register_model(State)
class StateModel(models.PrimitiveModel):
    """An address."""

    def __init__(self, dmm, fe_type) -> None:
        super().__init__(dmm, fe_type, ir.IntType(64))


@infer_getattr
class StateAttributes(AttributeTemplate):
    """Types of the fields."""

    key = State

    def generic_resolve(self, state, name):
        """Return the type of a field."""
        return FIELDS[name][0] if name in FIELDS else None


@unbox(State)
def _unbox(typ, obj, c):
    return NativeValue(c.pyapi.long_as_longlong(obj))


@lower_getattr_generic(State)
def _get(context, builder, typ, value, name):
    kind, place = _place(context, builder, value, name)
    return context.unpack_value(builder, kind, place)


@lower_setattr_generic(State)
def _set(context, builder, sig, args, name):
    kind, place = _place(context, builder, args[0], name)
    context.pack_value(builder, kind, context.cast(builder, args[1], sig.args[1], kind), place)


def _place(context, builder, address, name):
    """Return type and pointer of a field."""
    kind, offset = FIELDS[name]
    place = builder.add(address, ir.IntType(64)(offset))
    return kind, builder.inttoptr(place, context.get_data_type(kind).as_pointer())
