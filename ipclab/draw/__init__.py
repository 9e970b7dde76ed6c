"""Traces and kernel views as pictures. Drawers read plain data and never run anything."""

from __future__ import annotations

from .picture import Picture
from .spacetime import space_time

__all__ = ["Picture", "space_time"]
