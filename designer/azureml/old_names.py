# ruff: noqa: PLC0415 - it is imported before the packages that it is about
"""Names that numpy, pandas and scikit-learn have dropped since scripts for Azure ML were written, in the processes that run them.

`np.float` and its like are Python's own types, as they always were; `DataFrame.append` is `concat`. A name that the package still
has is left alone. `DESIGNER_OLD_NAMES=off` leaves all of them away. This file is imported before numpy is, so it imports nothing.
"""

import os
import sys

VARIABLE = "DESIGNER_OLD_NAMES"
_TYPES = {"float": float, "int": int, "bool": bool, "object": object, "str": str, "complex": complex}
_SAME = {
    "float_": "float64",
    "complex_": "complex128",
    "unicode_": "str_",
    "string_": "bytes_",
    "Inf": "inf",
    "NaN": "nan",
}


def numpy(module):
    """`np.float`, `np.int`, `np.bool` …: gone since numpy 1.24 and 2.0."""
    for name, value in _TYPES.items():
        if name not in vars(module):
            setattr(module, name, value)
    for name, now in _SAME.items():
        if name not in vars(module) and now in vars(module):
            setattr(module, name, vars(module)[now])


def pandas(module):
    """`DataFrame.append`, `Series.append`, `iteritems`: gone since pandas 2.0."""

    def append(self, other, ignore_index=False, verify_integrity=False, sort=False):
        """What `concat` does."""
        if isinstance(other, dict):
            other = module.Series(other)
        if isinstance(self, module.DataFrame) and isinstance(other, module.Series):
            if other.name is None and not ignore_index:
                raise TypeError("Can only append a Series if ignore_index=True or if the Series has a name")
            other = other.to_frame().T.infer_objects()
        elif isinstance(self, module.DataFrame) and isinstance(other, list) and other and isinstance(other[0], dict):
            other = module.DataFrame(other)
        others = list(other) if isinstance(other, (list, tuple)) else [other]
        extra = {"sort": sort} if isinstance(self, module.DataFrame) else {}
        return module.concat([self, *others], ignore_index=ignore_index, verify_integrity=verify_integrity, **extra)

    for kind in (module.DataFrame, module.Series):
        if not hasattr(kind, "append"):
            kind.append = append
        if not hasattr(kind, "iteritems"):
            kind.iteritems = kind.items


def externals(module):
    """`from sklearn.externals import joblib`: gone since scikit-learn 0.23."""
    if not hasattr(module, "joblib"):
        import joblib

        module.joblib = sys.modules["sklearn.externals.joblib"] = joblib


AFTER = {"numpy": numpy, "pandas": pandas, "sklearn.externals": externals}


class Finder:
    """Gives a package its old names right after it was imported."""

    def find_spec(self, name, path=None, target=None):
        """The spec that all others find, with our part done at its end."""
        patch = AFTER.pop(name, None)
        if patch is None:
            return None
        if not AFTER:
            sys.meta_path[:] = [one for one in sys.meta_path if one is not self]
        from importlib.util import find_spec

        spec = find_spec(name)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, patch)
        return spec


class _Loader:
    def __init__(self, loader, patch):
        self._loader, self._patch = loader, patch

    def __getattr__(self, name):
        return getattr(self._loader, name)

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module):
        module.__spec__.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        self._patch(module)


def give_back():
    """From now on; what is imported already gets its names at once. Calling it again changes nothing."""
    if os.environ.get(VARIABLE, "").lower() in ("off", "0", "no") or any(type(one) is Finder for one in sys.meta_path):
        return
    for name in list(AFTER):
        module = sys.modules.get(name)
        if module is not None and getattr(getattr(module, "__spec__", None), "_initializing", False) is False:
            AFTER.pop(name)(module)
    if AFTER:
        sys.meta_path.insert(0, Finder())
