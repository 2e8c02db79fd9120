"""States for compiled code: an address, and an attribute for each scalar, vector and matrix.

The scalars are a record in memory that ends with the address of a block of floats and the length of
its rows: one row for each vector, then n + 1 for each matrix. Numba's own type for a record has all
its fields in its name, and in the name of every function that gets one, which makes compiling slow.
Its own arrays are seven words, and count who holds them with atomic operations, which takes longer
than an iteration's arithmetic. So a vector is an address here, and a matrix one and that length.
"""

from __future__ import annotations

import operator

import numba
import numpy as np
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
from numba.extending import NativeValue, intrinsic, lower_builtin, models, register_model, unbox

from ..state import MATRICES, PARAMS, POINTS, ROUNDS_SCALARS, RUN_SCALARS, VALUES

WORD, DOUBLE = ir.IntType(64), ir.DoubleType()


class Vector(types.Type):
    """A row of floats."""


class Matrix(types.Type):
    """Rows of floats."""


class State(types.Type):
    """The layout of a state: the record of scalars, and the rows of the block."""

    def __init__(self, name, zeros, vectors, matrices) -> None:
        super().__init__(name)
        kinds = [(field, np.dtype(type(zero))) for field, zero in zeros.items()]
        ends = [("base", np.int64), ("row_length", np.int64)]
        self.record = np.dtype([*kinds, *ends], align=True)
        self.vectors, self.matrices = vectors, matrices


vector, matrix = Vector("Vector"), Matrix("Matrix")
run_state = State(
    "Run",
    RUN_SCALARS,
    [*POINTS, *PARAMS, *VALUES, "centroid", "handed"],
    [*MATRICES, "edges"],
)
rounds_state = State("Rounds", ROUNDS_SCALARS, ["target"], ["results"])


@register_model(Vector)
@register_model(State)
class AddressModel(models.PrimitiveModel):
    """An address."""

    def __init__(self, dmm, fe_type) -> None:
        super().__init__(dmm, fe_type, WORD)


@register_model(Matrix)
class MatrixModel(models.StructModel):
    """An address and the length of a row."""

    def __init__(self, dmm, fe_type) -> None:
        super().__init__(dmm, fe_type, [("address", types.intp), ("length", types.intp)])


@unbox(State)
def _unbox(typ, obj, c):
    return NativeValue(c.pyapi.long_as_longlong(obj))


@infer_getattr
class Attributes(AttributeTemplate):
    """Types of the attributes."""

    key = State

    def generic_resolve(self, state, name):
        """Return the type of an attribute."""
        if name in state.record.names:
            return numba.from_dtype(state.record[name])
        return vector if name in state.vectors else matrix if name in state.matrices else None


@lower_getattr_generic(State)
def _get(context, builder, typ, state, name):
    if name in typ.record.names:
        return context.unpack_value(builder, *_scalar(context, builder, typ, state, name))
    address, length = _row(context, builder, typ, state, name)
    if name in typ.vectors:
        return address
    return cgutils.pack_struct(builder, [address, length])


@lower_setattr_generic(State)
def _set(context, builder, sig, args, name):
    typ, value = sig.args[0], args[1]
    if name in typ.record.names:
        kind, place = _scalar(context, builder, typ, args[0], name)
        context.pack_value(builder, kind, context.cast(builder, value, sig.args[1], kind), place)
        return
    address, length = _row(context, builder, typ, args[0], name)
    with cgutils.for_range(builder, length) as loop:
        element = builder.load(_element(builder, value, loop.index))
        builder.store(element, _element(builder, address, loop.index))


def _scalar(context, builder, typ, state, name):
    """Return type and place of a scalar."""
    kind = numba.from_dtype(typ.record[name])
    place = builder.add(state, WORD(_offset(typ, name)))
    return kind, builder.inttoptr(place, context.get_data_type(kind).as_pointer())


def _offset(typ, name):
    """Return where a scalar lies in the record."""
    return (typ.record.fields or {})[name][1]


def _row(context, builder, typ, state, name):
    """Return the address of a vector or matrix in the block, and the length of its rows."""

    def load(field):
        return builder.load(_scalar(context, builder, typ, state, field)[1])

    rows = typ.vectors + typ.matrices
    row, length = WORD(min(rows.index(name), len(typ.vectors))), load("row_length")
    if name in typ.matrices:
        vertices = builder.add(load("n"), WORD(1))
        row = builder.add(row, builder.mul(vertices, WORD(typ.matrices.index(name))))
    offset = builder.mul(builder.mul(row, length), WORD(8))
    return builder.add(load("base"), offset), length


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
    address, length = cgutils.unpack_tuple(builder, args[0], 2)
    return builder.add(address, builder.mul(builder.mul(args[1], length), WORD(8)))


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
        target, source = (builder.inttoptr(arg, ir.IntType(8).as_pointer()) for arg in args)
        size = WORD(_offset(run_state, "base"))
        cgutils.raw_memcpy(builder, target, source, size, 1)
        return context.get_dummy_value()

    return types.none(run_state, run_state), codegen
