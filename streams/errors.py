"""Errors named by what the caller must do."""


class WaterbedError(Exception):
    """Base of all errors that Waterbed raises on purpose."""


class RetryError(WaterbedError, ConnectionError):
    """A service is away or busy: do the same again later; nothing was lost."""


class SlowDownError(WaterbedError, BlockingIOError):
    """The receiver is behind: wait, then go on at a lower rate."""


class DeadLetterError(WaterbedError, ValueError):
    """This one message can never be an event: set it apart with the reason, go on with the rest."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class StopError(WaterbedError, RuntimeError):
    """Going on would break a promise: stop and tell a person what to do."""
