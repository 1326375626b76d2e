"""All tools, by name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from starling.assistant.tools.declaration import Prepared, Tool, ToolError


class Toolbox:
    """The tools that a language model is offered."""

    def __init__(self, tools: Iterable[Tool] = ()) -> None:
        self._tools = {tool.name: tool for tool in tools}

    def schemas(self) -> list[dict[str, Any]]:
        """For the request."""
        return [tool.schema() for tool in self._tools.values()]

    @property
    def names(self) -> tuple[str, ...]:
        """Of all tools."""
        return tuple(self._tools)

    def changes(self, name: str) -> bool:
        """Whether a tool changes something; an unknown one does nothing."""
        return name in self._tools and self._tools[name].changes

    def prepare(self, name: str, arguments: str) -> Prepared:
        """Understand a call as the model wrote it. Raises ToolError."""
        tool = self._tools.get(name)
        if tool is None:
            near = difflib.get_close_matches(name, list(self._tools), n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ToolError(f"there is no tool {name[:60]!r}{hint}")
        return tool.understood(arguments)
