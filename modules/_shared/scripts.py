"""Running a user's Python script as a module of its own, and saying where in it something went wrong."""

from __future__ import annotations

import linecache
import sys
import traceback
import types
import uuid
from typing import TYPE_CHECKING, Any

from designer import use_azureml_names
from modules._shared.errors import ScriptFailed

if TYPE_CHECKING:
    from collections.abc import Callable


class Script:
    """A script's text, executed once; its functions can then be called."""

    def __init__(self, text: str) -> None:
        use_azureml_names()
        name = f"user_script_{uuid.uuid4().hex[:8]}"
        self.file = f"<{name}>"
        linecache.cache[self.file] = (len(text), None, text.splitlines(keepends=True), self.file)  # for tracebacks
        self.module = types.ModuleType(name)
        self.module.__file__ = self.file
        sys.modules[name] = self.module
        try:
            code = compile(text, self.file, "exec")
        except SyntaxError as error:
            raise ScriptFailed(f"the script has a syntax error at line {error.lineno}: {error.msg}") from error
        self.call(lambda: exec(code, vars(self.module)))

    def get(self, name: str, example: str) -> Any:
        """What the script calls by that name."""
        if not callable(getattr(self.module, name, None)):
            raise ScriptFailed(f"the script must define {name}, like: {example}")
        return getattr(self.module, name)

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function; an exception is told with the user's line."""
        try:
            return function(*arguments)
        except (Exception, SystemExit) as error:
            raise ScriptFailed(self._told(error)) from error

    def _told(self, error: BaseException) -> str:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == self.file]
        what = f"'{type(error).__name__}: {error}'"
        if not frames:
            return f"Got exception when invoking script: {what}"
        last = frames[-1]
        line = f": {last.line.strip()}" if last.line else ""
        return f"Got exception when invoking script at line {last.lineno} in function {last.name}: {what}{line}"

    def close(self) -> None:
        """Forget the script."""
        sys.modules.pop(self.module.__name__, None)
        linecache.cache.pop(self.file, None)
