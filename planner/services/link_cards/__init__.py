"""What a page says about itself for the card of a link to it: read when somebody wants it, kept only as content of a
post."""

from planner.services.link_cards.pictures import Shown, keep_picture
from planner.services.link_cards.reading import LinkCard, Unreadable, read

__all__ = ["LinkCard", "Shown", "Unreadable", "keep_picture", "read"]
