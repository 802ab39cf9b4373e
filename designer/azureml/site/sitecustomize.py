# ruff: noqa: PLC0415 - importing only what is needed is the point
"""Found by every Python process that a launched script starts: makes `azureml` importable, and costs nothing until it is imported.

Only `sys` and what the interpreter has loaded anyway may be imported here. A `sitecustomize` of the user's own still runs.
"""

import sys

_HERE = __file__.rpartition("/")[0]
_ROOT = _HERE.rpartition("/designer/azureml/site")[0]
_OLD = ("numpy", "pandas", "sklearn.externals")  # packages that have dropped names which scripts use
_LENT = ("designer", "sqlalchemy", "typing_extensions")  # what our files need in an interpreter that hasn't got it


class _Hook:
    """Loads the real finder when `azureml` is first imported."""

    def find_spec(self, name, path=None, target=None):
        if name != "azureml" and not name.startswith("azureml."):
            return None
        if sys.version_info < (3, 11):  # noqa: UP036 - the user's interpreter, whichever it is
            raise ImportError(
                "azureml is designer's here and needs Python 3.11 or later; this is " + sys.version.split()[0]
            )
        sys.meta_path.remove(self)
        from designer.azureml import loader

        loader.install()
        return loader.Finder().find_spec(name, path, target)


class _OldNames:
    """Loads what gives packages their old names back, when the first of them is imported."""

    def find_spec(self, name, path=None, target=None):
        if name not in _OLD:
            return None
        sys.meta_path.remove(self)
        from designer.azureml import old_names

        old_names.give_back()
        return next((one.find_spec(name, path, target) for one in sys.meta_path if type(one) is old_names.Finder), None)


class _Lender:
    """The last resort for our own packages, in an interpreter that they aren't installed for."""

    def find_spec(self, name, path=None, target=None):
        if name not in _LENT:
            return None
        import os
        from importlib.machinery import PathFinder

        places = [_ROOT] if name == "designer" else os.environ.get("DESIGNER_LENT_FROM", _ROOT).split(os.pathsep)
        return PathFinder.find_spec(name, places)


def _next_sitecustomize():
    """Run the one that ours hides."""
    from importlib.machinery import PathFinder

    spec = PathFinder.find_spec("sitecustomize", [place for place in sys.path if place != _HERE])
    if spec is not None and spec.origin is not None and spec.loader is not None:
        from importlib.util import module_from_spec

        spec.loader.exec_module(module_from_spec(spec))


sys.meta_path.insert(0, _Hook())
if sys.version_info >= (3, 11):  # noqa: UP036 - the user's interpreter, whichever it is; an older one has older packages
    sys.meta_path.insert(0, _OldNames())
sys.meta_path.append(_Lender())
_next_sitecustomize()
