"""Arrays for compiled code without counts of references: addresses in a table.

An array of numba's own is seven words that every call passes on, and counts who holds it with
atomic operations, which takes longer than an iteration's arithmetic. `Work` of `state` is here one
address: that of a table with the addresses of its arrays, and with the lengths of their rows.
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

MATRICES, VECTORS = ("points", "rows", "given", "edges"), ("values",)
FIELDS = (*MATRICES, *VECTORS, "abort")  # in the table; after each matrix the length of its rows
PLACES = {name: 2 * i for i, name in enumerate(FIELDS)}


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
        super().__init__(dmm, fe_type, [("address", types.intp)])


@register_model(MatrixView)
class MatrixModel(models.StructModel):
    def __init__(self, dmm, fe_type):
        super().__init__(dmm, fe_type, [("address", types.intp), ("length", types.intp)])


@register_model(VectorView)
class VectorModel(models.StructModel):
    def __init__(self, dmm, fe_type):
        super().__init__(dmm, fe_type, [("address", types.intp)])


@intrinsic
def view_of(typingctx, address):
    """Return the arrays of a table at an address."""

    def codegen(context, builder, sig, args):
        view = cgutils.create_struct_proxy(work_view)(context, builder)
        view.address = args[0]
        return view._getvalue()

    return work_view(types.intp), codegen


@intrinsic
def is_aborted(typingctx, work):
    """Tell whether the flag is set."""

    def codegen(context, builder, sig, args):
        flag = _entry(context, builder, args[0], PLACES["abort"])
        value = builder.load(builder.inttoptr(flag, ir.IntType(64).as_pointer()))
        return builder.icmp_signed("!=", value, ir.Constant(ir.IntType(64), 0))

    return types.boolean(work_view), codegen


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
        result = matrix_view if name in MATRICES else vector_view
        view = cgutils.create_struct_proxy(result)(context, builder)
        view.address = _entry(context, builder, value, PLACES[name])
        if name in MATRICES:
            view.length = _entry(context, builder, value, PLACES[name] + 1)
        return view._getvalue()


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
    eight = ir.Constant(ir.IntType(64), 8)
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


def _entry(context, builder, work, place):
    """Load an entry of the table."""
    view = cgutils.create_struct_proxy(work_view)(context, builder, value=work)
    table = builder.inttoptr(view.address, ir.IntType(64).as_pointer())
    return builder.load(builder.gep(table, [ir.Constant(ir.IntType(64), place)]))


def _element(builder, address, index):
    """Point to a float."""
    return builder.gep(builder.inttoptr(address, ir.DoubleType().as_pointer()), [index])


def _matrix_element(context, builder, matrix, indices):
    """Point to an element of a matrix."""
    view = cgutils.create_struct_proxy(matrix_view)(context, builder, value=matrix)
    i, j = cgutils.unpack_tuple(builder, indices, 2)
    return _element(builder, view.address, builder.add(builder.mul(i, view.length), j))
