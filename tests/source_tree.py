"""A package as its source tells: the modules, what they import, what they define."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

IMPORTERS = {"require", "import_module"}  # functions whose first argument is a module's name


@dataclass(frozen=True)
class Import:
    """One import: of what, in which line, and whether only type checkers see it."""

    target: str
    line: int
    for_types: bool = False


@dataclass(frozen=True)
class Module:
    """A module or, if `is_package`, a folder's ``__init__``; its `name` has dots."""

    name: str
    path: Path
    is_package: bool

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def package(self) -> str:
        """The package that its relative imports start from."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @cached_property
    def imports(self) -> list[Import]:
        """All imports, wherever in the module; ``from a import b`` is one of a.b."""
        return list(self._imports_in(self.tree, for_types=False))

    def _imports_in(self, node: ast.AST, for_types: bool) -> Iterator[Import]:
        for target in self._targets(node):
            yield Import(target, getattr(node, "lineno", 0), for_types)
        types_only = isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for field, value in ast.iter_fields(node):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from self._imports_in(
                        child, for_types or (types_only and field == "body")
                    )

    def _targets(self, node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = self._absolute("." * node.level + (node.module or ""))
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            first = node.args[0]
            if name in IMPORTERS and isinstance(first, ast.Constant):
                yield self._absolute(str(first.value))

    def _absolute(self, target: str) -> str:
        dots = len(target) - len(target.lstrip("."))
        if dots == 0:
            return target
        base = self.package.split(".")
        return ".".join([*base[: len(base) - dots + 1], *filter(None, [target[dots:]])])

    @cached_property
    def defined(self) -> set[str]:
        """The names that it gives to something at its top, other than to a module beside it."""
        names: set[str] = set()
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                names.add(node.name)
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
            elif isinstance(node, ast.ImportFrom) and (node.module or node.level != 1):
                names |= {alias.asname or alias.name for alias in node.names}
        return names

    @cached_property
    def is_alias(self) -> bool:
        """Whether it has a docstring, one import and ``__all__``, and nothing else."""
        imports = [node for node in self.tree.body if isinstance(node, ast.ImportFrom)]
        imports = [node for node in imports if node.module != "__future__"]
        return len(imports) == 1 and all(
            isinstance(node, ast.ImportFrom)
            or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
            or (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__")
            for node in self.tree.body
        )

    @cached_property
    def exports(self) -> set[str]:
        """The names in its ``__all__``."""
        for node in self.tree.body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                return set(ast.literal_eval(node.value))
        return set()


class Package:
    """All modules of a package, by name."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.modules: dict[str, Module] = {}
        for path in sorted(root.rglob("*.py")):
            parts = [root.name, *path.relative_to(root).with_suffix("").parts]
            is_package = parts[-1] == "__init__"
            name = ".".join(parts[:-1] if is_package else parts)
            self.modules[name] = Module(name, path, is_package)

    def home(self, target: str) -> str | None:
        """Return the module of the package that an import of `target` is of, None if of none."""
        if target in self.modules:
            return target
        parent = target.rpartition(".")[0]
        return parent if parent in self.modules else None

    def inner_imports(self, for_types: bool = False) -> Iterator[tuple[Module, str, int]]:
        """Yield who imports which module of the package, and in which line."""
        for module in self.modules.values():
            for each in module.imports:
                home = self.home(each.target)
                if home is not None and (for_types or not each.for_types):
                    yield module, home, each.line

    def outer_imports(self, *libraries: str) -> Iterator[tuple[Module, str, int]]:
        """Yield who imports which of some other packages, types aside."""
        for module in self.modules.values():
            for each in module.imports:
                top = each.target.partition(".")[0]
                if top in libraries and not each.for_types:
                    yield module, top, each.line

    def where(self, module: Module, line: int) -> str:
        """Return a place as in ``minimizer/plot/style.py:12``."""
        return f"{module.path.relative_to(self.root.parent)}:{line}"

    def circles(self) -> list[list[str]]:
        """Return groups of modules that import each other in a circle (strongly connected)."""
        reach: dict[str, set[str]] = {name: set() for name in self.modules}
        direct: dict[str, set[str]] = {name: set() for name in self.modules}
        for module, target, _ in self.inner_imports():
            direct[module.name].add(target)
        for name in self.modules:
            todo = [name]
            while todo:
                new = direct[todo.pop()] - reach[name]
                reach[name] |= new
                todo += new
        groups = {
            tuple(sorted(other for other in reach[name] if name in reach[other]))
            for name in self.modules
            if name in reach[name]
        }
        return [list(group) for group in sorted(groups)]
