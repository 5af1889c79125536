"""ClickHouse's errors: their code out of the engine's text, and their HTTP status."""

import re
from typing import Final

_CODE: Final = re.compile(r"Code: (\d+)\. ")
#: HTTP status by error code where it is not 500, as ClickHouse's own server maps them.
_STATUS: Final = {
    **dict.fromkeys((46, 47, 50, 56, 60, 63, 71, 81, 115), 404),
    **dict.fromkeys((6, 26, 27, 33, 38, 41, 42, 43, 44, 53, 57, 62, 70, 72, 73, 117), 400),
    **dict.fromkeys((164, 497), 403),
    **dict.fromkeys((159, 160), 408),
    48: 501,
}
UNKNOWN: Final = 1002


class ServerError(Exception):
    """An error that goes to the client with ClickHouse's code."""

    def __init__(self, code: int, message: str, name: str = "") -> None:
        super().__init__(f"Code: {code}. DB::Exception: {message} ({name})" if name else message)
        self.code = code

    @classmethod
    def of_engine(cls, text: str) -> "ServerError":
        """Keep the engine's own text from its `Code:` on."""
        found = _CODE.search(text)
        if found is None:
            return cls(UNKNOWN, text, "UNKNOWN_EXCEPTION")
        return cls(int(found[1]), text[found.start() :])

    @property
    def status(self) -> int:
        """HTTP status that a ClickHouse server gives for this code."""
        return _STATUS.get(self.code, 500)
