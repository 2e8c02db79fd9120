"""Arrays for compiled code without counts of references: an address and the lengths.

An array of numba's own is seven words that every call passes on, and counts who holds it with
atomic operations, which takes longer than an iteration's arithmetic. `Work` of `state` is here the
address of its block and the numbers n and n + extra, from which the places of the arrays follow.
"""

from __future__ import annotations

import operator

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import (
    AbstractTemplate,
    AttributeTemplate,
    infer_getattr,
    infer_global,
    signature,
)
from numba.extending import intrinsic, lower_builtin, lower_getattr, models, register_model

from .state import N_COLUMNS, N_ROWS

MATRICES, VECTORS = ("rows", "points", "given", "edges", "results"), ("values",)
WORD = ir.IntType(64)


class WorkView(types.Type):
    """All arrays of a run."""

    def __init__(self) -> None:
        super().__init__("WorkView")


class MatrixView(types.Type):
    """Rows of floats."""

    def __init__(self) -> None:
        super().__init__("MatrixView")


class VectorView(types.Type):
    """A row of floats."""

    def __init__(self) -> None:
        super().__init__("VectorView")


work_view, matrix_view, vector_view = WorkView(), MatrixView(), VectorView()


@register_model(WorkView)
class WorkModel(models.StructModel):
    def __init__(self, dmm, fe_type):
        members = [(name, types.intp) for name in ("address", "n", "width")]
        super().__init__(dmm, fe_type, members)


@register_model(MatrixView)
class MatrixModel(models.StructModel):
    def __init__(self, dmm, fe_type):
        super().__init__(dmm, fe_type, [("address", types.intp), ("length", types.intp)])


@register_model(VectorView)
class VectorModel(models.StructModel):
    def __init__(self, dmm, fe_type):
        super().__init__(dmm, fe_type, [("address", types.intp)])


@intrinsic
def view_of(typingctx, address, n, width):
    """Return the arrays of the block at an address."""

    def codegen(context, builder, sig, args):
        view = cgutils.create_struct_proxy(work_view)(context, builder)
        view.address, view.n, view.width = args
        return view._getvalue()

    return work_view(types.intp, types.intp, types.intp), codegen


@intrinsic
def load_flag(typingctx, address):
    """Return the integer at an address, which another thread may set."""

    def codegen(context, builder, sig, args):
        flag = builder.inttoptr(args[0], WORD.as_pointer())
        return builder.load_atomic(flag, "monotonic", align=8)

    return types.int64(types.intp), codegen


@infer_getattr
class WorkAttributes(AttributeTemplate):
    key = WorkView

    def generic_resolve(self, work, name):
        if name in MATRICES:
            return matrix_view
        return vector_view if name in VECTORS else None


@infer_global(operator.getitem)
class GetItem(AbstractTemplate):
    def generic(self, args, kws):
        view, index = args
        if isinstance(view, VectorView) and isinstance(index, types.Integer):
            return signature(types.float64, view, types.intp)
        if isinstance(view, MatrixView) and isinstance(index, types.Integer):
            return signature(vector_view, view, types.intp)
        if isinstance(view, MatrixView) and isinstance(index, types.BaseTuple):
            return signature(types.float64, view, types.UniTuple(types.intp, 2))
        return None


@infer_global(operator.setitem)
class SetItem(AbstractTemplate):
    def generic(self, args, kws):
        view, index, _ = args
        if isinstance(view, VectorView):
            return signature(types.none, view, types.intp, types.float64)
        if isinstance(view, MatrixView) and isinstance(index, types.BaseTuple):
            return signature(types.none, view, types.UniTuple(types.intp, 2), types.float64)
        return None


def _lower_attribute(name):
    @lower_getattr(WorkView, name)
    def _get(context, builder, typ, value):
        work = cgutils.create_struct_proxy(work_view)(context, builder, value=value)
        result = matrix_view if name in MATRICES else vector_view
        view = cgutils.create_struct_proxy(result)(context, builder)
        before = builder.mul(_place(builder, name, work.n, work.width), WORD(8))
        view.address = builder.add(work.address, before)
        if name == "results":
            view.length = builder.add(work.width, WORD(N_COLUMNS))
        elif name in MATRICES:
            view.length = work.width if name in ("rows", "points") else work.n
        return view._getvalue()


def _place(builder, name, n, width):
    """Return how many floats there are before an array."""
    vertices = builder.add(n, WORD(1))
    place = WORD(0)
    for other, rows, length in (
        ("rows", WORD(N_ROWS), width),
        ("points", vertices, width),
        ("values", vertices, WORD(1)),
        ("given", vertices, n),
        ("edges", n, n),
    ):
        if other == name:
            break
        place = builder.add(place, builder.mul(rows, length))
    return place


for _name in (*MATRICES, *VECTORS):
    _lower_attribute(_name)


@lower_builtin(operator.getitem, VectorView, types.intp)
def _get_element(context, builder, sig, args):
    view = cgutils.create_struct_proxy(vector_view)(context, builder, value=args[0])
    return builder.load(_element(builder, view.address, args[1]))


@lower_builtin(operator.getitem, MatrixView, types.intp)
def _get_row(context, builder, sig, args):
    view = cgutils.create_struct_proxy(matrix_view)(context, builder, value=args[0])
    row = cgutils.create_struct_proxy(vector_view)(context, builder)
    eight = WORD(8)
    offset = builder.mul(builder.mul(args[1], view.length), eight)
    row.address = builder.add(view.address, offset)
    return row._getvalue()


@lower_builtin(operator.getitem, MatrixView, types.UniTuple)
def _get_entry(context, builder, sig, args):
    return builder.load(_matrix_element(context, builder, args[0], args[1]))


@lower_builtin(operator.setitem, VectorView, types.intp, types.float64)
def _set_element(context, builder, sig, args):
    view = cgutils.create_struct_proxy(vector_view)(context, builder, value=args[0])
    builder.store(args[2], _element(builder, view.address, args[1]))
    return context.get_dummy_value()


@lower_builtin(operator.setitem, MatrixView, types.UniTuple, types.float64)
def _set_entry(context, builder, sig, args):
    builder.store(args[2], _matrix_element(context, builder, args[0], args[1]))
    return context.get_dummy_value()


def _element(builder, address, index):
    """Point to a float."""
    return builder.gep(builder.inttoptr(address, ir.DoubleType().as_pointer()), [index])


def _matrix_element(context, builder, matrix, indices):
    """Point to an element of a matrix."""
    view = cgutils.create_struct_proxy(matrix_view)(context, builder, value=matrix)
    i, j = cgutils.unpack_tuple(builder, indices, 2)
    return _element(builder, view.address, builder.add(builder.mul(i, view.length), j))
