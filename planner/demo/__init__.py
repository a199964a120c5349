"""The sample company: Brandt Maschinenbau, six weeks behind and two weeks ahead, made by seeded code."""

from planner.demo.company import ADMIN, EDITOR, LEAD, PASSWORD, SIGN_INS, SignIn
from planner.demo.seed import Demo, seed
from planner.demo.writing import write_encore

__all__ = ["ADMIN", "EDITOR", "LEAD", "PASSWORD", "SIGN_INS", "Demo", "SignIn", "seed", "write_encore"]
