"""What a partner uses to send events."""

from streams.partners.producer import Producer

__all__ = ["Producer"]
