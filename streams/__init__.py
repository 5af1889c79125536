"""Waterbed: live smuggling-route intelligence for customs services."""

from importlib.metadata import version

__version__ = version("waterbed")
