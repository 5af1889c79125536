"""Waterbed: live smuggling-route intelligence for customs services."""
