"""Sandbox networks: HTTP servers on loopback that speak the networks' protocols."""

from .accounts import Account, Token
from .faults import Fault
from .limits import Window
from .server import Sandbox

__all__ = ["Account", "Fault", "Sandbox", "Token", "Window"]
