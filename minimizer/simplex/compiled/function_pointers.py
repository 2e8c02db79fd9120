"""Compiled functions as addresses that compiled code can call.

Numba has such a type, but looks the address up in Python whenever one is passed, which takes longer
than a short run.
"""

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import NativeValue, intrinsic, models, register_model, unbox


class Pointer(types.Type):
    """The address of a function compiled for `arguments` that returns `returned`."""

    def __init__(self, returned, arguments) -> None:
        self.returned, self.arguments = returned, arguments
        super().__init__(f"Pointer({returned}{arguments})")

    @property
    def key(self):
        """The key that distinguishes types of pointers."""
        return self.returned, self.arguments


@register_model(Pointer)
class PointerModel(models.PrimitiveModel):
    """A word."""

    def __init__(self, dmm, fe_type) -> None:
        super().__init__(dmm, fe_type, ir.IntType(64))


@unbox(Pointer)
def _unbox(typ, obj, c):
    return NativeValue(c.pyapi.long_as_longlong(obj))


@intrinsic
def call(typingctx, pointer, first, others):
    """Call the function at an address with an argument and a tuple of others."""

    def codegen(context, builder, sig, args):
        convention, arguments = context.call_conv, pointer.arguments
        values = [args[1], *cgutils.unpack_tuple(builder, args[2], len(others))]
        given = [first, *others]
        values = [
            context.cast(builder, *each) for each in zip(values, given, arguments, strict=True)
        ]
        kind = convention.get_function_type(pointer.returned, arguments).as_pointer()
        function = builder.inttoptr(args[0], kind)
        status, value = convention.call_function(
            builder, function, pointer.returned, arguments, values
        )
        with cgutils.if_unlikely(builder, status.is_error):
            convention.return_status_propagate(builder, status)
        return value

    return pointer.returned(pointer, first, others), codegen
