"""Every mutant, by area."""

from __future__ import annotations

from tests.mutants import (
    access,
    agreeing,
    answers,
    around,
    calling,
    claiming,
    following,
    limits,
    looking,
    matching,
    restored,
    saying,
    sending,
)
from tests.mutants.model import Mutant

AREAS: dict[str, tuple[Mutant, ...]] = {
    "Claiming, fences, leases": claiming.MUTANTS,
    "A lead's yes": agreeing.MUTANTS,
    "Before, during and after the call": sending.MUTANTS,
    "What an answer proves": answers.MUTANTS,
    "Access that ends": access.MUTANTS,
    "The networks' limits": limits.MUTANTS,
    "Looking for what is unconfirmed": looking.MUTANTS,
    "Recognising a text": matching.MUTANTS,
    "What follows a post, what is prepared ahead": following.MUTANTS,
    "Answering what people say": saying.MUTANTS,
    "Restores": restored.MUTANTS,
    "Workers that are called": calling.MUTANTS,
    "Times, processes, the API": around.MUTANTS,
}

MUTANTS: tuple[Mutant, ...] = tuple(mutant for area in AREAS.values() for mutant in area)
