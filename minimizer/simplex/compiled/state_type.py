"""States for compiled code: an address, and an attribute for each field of a layout.

Numba's own type for a record has all its fields in its name, and in the name of every function that
gets one, which makes compiling slow. Its own arrays are seven words, and count who holds them with
atomic operations, which takes longer than an iteration's arithmetic. So a vector is an address here,
and a matrix an address and the length of its rows.
"""

from __future__ import annotations

import operator

import numba
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.imputils import lower_getattr_generic, lower_setattr_generic
from numba.core.typing.templates import (
    AbstractTemplate,
    AttributeTemplate,
    infer_getattr,
    infer_global,
    signature,
)
from numba.extending import (
    NativeValue,
    intrinsic,
    lower_builtin,
    models,
    register_model,
    unbox,
)

from .layout import ROUNDS, RUN, shapes

WORD, DOUBLE = ir.IntType(64), ir.DoubleType()


class Vector(types.Type):
    """A row of floats."""

    def __init__(self) -> None:
        super().__init__("Vector")


class Matrix(types.Type):
    """Rows of floats."""

    def __init__(self) -> None:
        super().__init__("Matrix")


class State(types.Type):
    """A state of a layout."""

    def __init__(self, name, layout) -> None:
        super().__init__(name)
        self.layout = layout
        self.fields = {
            field: (numba.from_dtype(kind[0]), kind[1])
            for field, kind in layout.scalars.fields.items()
        }


class Run(State):
    """The state of a run."""


class Rounds(State):
    """The state of the rounds."""


vector, matrix = Vector(), Matrix()
run_state, rounds_state = Run("Run", RUN), Rounds("Rounds", ROUNDS)


@register_model(Vector)
@register_model(Run)
@register_model(Rounds)
class AddressModel(models.PrimitiveModel):
    """An address."""

    def __init__(self, dmm, fe_type) -> None:
        super().__init__(dmm, fe_type, WORD)


@register_model(Matrix)
class MatrixModel(models.StructModel):
    """An address and the length of a row."""

    def __init__(self, dmm, fe_type) -> None:
        super().__init__(dmm, fe_type, [("address", types.intp), ("length", types.intp)])


@unbox(Run)
@unbox(Rounds)
def _unbox(typ, obj, c):
    return NativeValue(c.pyapi.long_as_longlong(obj))


class Attributes(AttributeTemplate):
    """Types of the fields."""

    def generic_resolve(self, state, name):
        """Return the type of a field."""
        if name in state.fields:
            return state.fields[name][0]
        if name in state.layout.rows or name == "values":
            return vector
        return matrix if name in state.layout.matrices else None


@infer_getattr
class RunAttributes(Attributes):
    """Of a run."""

    key = Run


@infer_getattr
class RoundsAttributes(Attributes):
    """Of the rounds."""

    key = Rounds


@lower_getattr_generic(Run)
@lower_getattr_generic(Rounds)
def _get(context, builder, typ, value, name):
    if name in typ.fields:
        kind, place = _scalar(context, builder, typ, value, name)
        return context.unpack_value(builder, kind, place)
    address, length = _place(context, builder, typ, value, name)
    if name in typ.layout.rows or name == "values":
        return address
    view = cgutils.create_struct_proxy(matrix)(context, builder)
    view.address, view.length = address, length
    return view._getvalue()


@lower_setattr_generic(Run)
@lower_setattr_generic(Rounds)
def _set(context, builder, sig, args, name):
    typ = sig.args[0]
    if name in typ.fields:
        kind, place = _scalar(context, builder, typ, args[0], name)
        context.pack_value(builder, kind, context.cast(builder, args[1], sig.args[1], kind), place)
        return
    address, length = _place(context, builder, typ, args[0], name)
    with cgutils.for_range(builder, length) as loop:
        value = builder.load(_element(builder, args[1], loop.index))
        builder.store(value, _element(builder, address, loop.index))


def _scalar(context, builder, typ, address, name):
    """Return type and pointer of a scalar."""
    kind, offset = typ.fields[name]
    place = builder.add(address, WORD(offset))
    return kind, builder.inttoptr(place, context.get_data_type(kind).as_pointer())


def _place(context, builder, typ, value, name):
    """Return the address of a row or matrix in the block, and the length of its rows."""

    def load(field):
        return builder.load(_scalar(context, builder, typ, value, field)[1])

    n = load("n")
    width = builder.add(n, load("extra"))
    layout, before = typ.layout, WORD(0)
    if name in layout.rows:
        before, length = builder.mul(WORD(layout.rows.index(name)), width), width
    else:
        sizes = shapes(layout, _Symbol(builder, n), _Symbol(builder, width))
        i = 1 + layout.matrices.index(name)
        for rows, columns in sizes[:i]:
            before = builder.add(before, builder.mul(_word(rows), _word(columns)))
        length = _word(sizes[i][1])
    return builder.add(load("base"), builder.mul(before, WORD(8))), length


class _Symbol:
    """A number in compiled code that can be added to."""

    def __init__(self, builder, word) -> None:
        self._builder, self.word = builder, word

    def __add__(self, other):
        return _Symbol(self._builder, self._builder.add(self.word, WORD(other)))


def _word(number):
    return number.word if isinstance(number, _Symbol) else WORD(number)


def _element(builder, address, index):
    """Point to a float."""
    return builder.gep(builder.inttoptr(address, DOUBLE.as_pointer()), [index])


@infer_global(operator.getitem)
class GetItem(AbstractTemplate):
    """Elements of vectors, and rows of matrices."""

    def generic(self, args, kws):
        """Return the signature."""
        if isinstance(args[0], Vector):
            return signature(types.float64, vector, types.intp)
        return signature(vector, matrix, types.intp) if isinstance(args[0], Matrix) else None


@infer_global(operator.setitem)
class SetItem(AbstractTemplate):
    """Elements of vectors."""

    def generic(self, args, kws):
        """Return the signature."""
        if isinstance(args[0], Vector):
            return signature(types.none, vector, types.intp, types.float64)
        return None


@lower_builtin(operator.getitem, Vector, types.intp)
def _get_element(context, builder, sig, args):
    return builder.load(_element(builder, *args))


@lower_builtin(operator.getitem, Matrix, types.intp)
def _get_row(context, builder, sig, args):
    view = cgutils.create_struct_proxy(matrix)(context, builder, value=args[0])
    return builder.add(view.address, builder.mul(builder.mul(args[1], view.length), WORD(8)))


@lower_builtin(operator.setitem, Vector, types.intp, types.float64)
def _set_element(context, builder, sig, args):
    builder.store(args[2], _element(builder, *args[:2]))
    return context.get_dummy_value()


@intrinsic
def load_flag(typingctx, address):
    """Return the integer at an address, which another thread may set."""

    def codegen(context, builder, sig, args):
        flag = builder.inttoptr(args[0], WORD.as_pointer())
        return builder.load_atomic(flag, "monotonic", align=8)

    return types.int64(types.intp), codegen


@intrinsic
def restore(typingctx, state, fresh):
    """Copy the scalars of a run that has not begun; each keeps its block."""

    def codegen(context, builder, sig, args):
        byte = ir.IntType(8).as_pointer()
        target, source = (builder.inttoptr(arg, byte) for arg in args)
        cgutils.raw_memcpy(builder, target, source, WORD(RUN.scalars.fields["base"][1]), 1)
        return context.get_dummy_value()

    return types.none(run_state, run_state), codegen
