"""What a network takes, as data: enough for a browser to count and check the same."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from publishers.naming import NamingRules
from publishers.outgoing import MediaKind


@dataclass(frozen=True, slots=True)
class TextRules:
    """How a network counts, enough for a browser to count the same.

    ``counting`` is ``"plain"`` (Unicode code points after NFC), ``"bytes"`` (of its UTF-8) or ``"weighted"`` (X's
    rules: wide characters and emoji count 2, a link counts ``link_length``). ``link_in_text`` says that the link
    travels inside the text (separated by a blank), and so takes part in the count; ``link_in_text_with_media`` that
    it does once a file or a poll is attached. ``title_limit`` is set where a post needs a title (a video's, a pin's)
    of at most so many characters. ``max_hashtags`` is the most ``#words`` that a text may have, ``max_cashtags`` the
    most ``$WORDS``. ``forbidden`` are signs that neither text nor title may have. ``link_works`` False: nobody can
    follow a link in a post of this network.
    """

    limit: int
    counting: str = "plain"
    link_length: int | None = None
    link_in_text: bool = False
    link_in_text_with_media: bool = False
    title_limit: int | None = None
    max_hashtags: int | None = None
    max_cashtags: int | None = None
    forbidden: str = ""
    link_works: bool = True


@dataclass(frozen=True, slots=True)
class KindRules:
    """What a network takes of one kind of media. Sizes in bytes, pixels as width times height, lengths in seconds.

    ``ratios`` are the narrowest and the widest width by height. None: the network names no limit. ``described``:
    whether it takes an alternative text.
    """

    mimes: tuple[str, ...]
    max_count: int = 1
    max_bytes: int = 5_000_000
    max_pixels: int | None = None
    min_seconds: float | None = None
    max_seconds: float | None = None
    max_pages: int | None = None
    ratios: tuple[float, float] | None = None
    described: bool = True


@dataclass(frozen=True, slots=True)
class MediaRules:
    """What media a network takes: the rules of images, and of each further kind it takes.

    ``required`` says that it takes no post without one. ``mixed`` says that kinds may stand in one post, together at
    most ``max_images``; without it a post has media of one kind.
    """

    max_images: int = 1
    mimes: tuple[str, ...] = ("image/jpeg", "image/png")
    max_bytes: int = 5_000_000
    max_pixels: int | None = None
    ratios: tuple[float, float] | None = None
    gif: KindRules | None = None
    video: KindRules | None = None
    document: KindRules | None = None
    required: bool = False
    mixed: bool = False

    def of(self, kind: MediaKind) -> KindRules | None:
        """The rules of one kind; None: the network does not take it."""
        if kind is MediaKind.IMAGE:
            if not self.max_images:
                return None
            return KindRules(self.mimes, self.max_images, self.max_bytes, self.max_pixels, ratios=self.ratios)
        if kind is MediaKind.GIF and self.gif is None and "image/gif" in self.mimes:
            return KindRules(("image/gif",), self.max_images, self.max_bytes, self.max_pixels, ratios=self.ratios)
        return {MediaKind.GIF: self.gif, MediaKind.VIDEO: self.video, MediaKind.DOCUMENT: self.document}[kind]

    @property
    def kinds(self) -> tuple[MediaKind, ...]:
        """The kinds it takes."""
        return tuple(kind for kind in MediaKind if self.of(kind) is not None)


@dataclass(frozen=True, slots=True)
class PollRules:
    """What polls a network takes. ``hours`` are the lengths to choose from, or from the first to the last where
    ``any_length``. ``question_limit`` 0: the post's text asks, and there must be one. A poll takes the place of media.
    """

    max_options: int
    option_limit: int
    hours: tuple[int, ...]
    question_limit: int = 0
    any_length: bool = False
    min_options: int = 2


@dataclass(frozen=True, slots=True)
class CardRules:
    """What the card of a link takes of ours, where the network looks at no page: a picture, and texts of so many
    characters (plain count)."""

    title_limit: int
    description_limit: int


@dataclass(frozen=True, slots=True)
class ContentRules:
    """What a network's posts can hold beyond text, link and media.

    ``poll`` None, ``max_thread`` 0, ``first_comment`` None: it has none. ``max_thread`` counts the parts that may
    follow a post, ``first_comment`` is the most characters of a comment (plain count). ``languages``: who sees it can
    be narrowed by language. ``mentions`` is how another account is named: ``""`` not at all, ``"handle"`` by ``@name``
    in the text, ``"id"`` by a name in the text that stands for the network's own id, which ``naming`` describes.
    ``card``: what the card of a link takes of ours, since the network reads no page by itself; ``reads_page``: it does,
    and shows what the page says.
    """

    poll: PollRules | None = None
    max_thread: int = 0
    first_comment: int | None = None
    languages: bool = False
    mentions: str = ""
    naming: NamingRules | None = None
    card: CardRules | None = None
    reads_page: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a network would not take a post, found before sending.

    ``field`` is ``text``, ``title``, ``link``, ``media``, ``poll``, ``thread``, ``first_comment``, ``languages``,
    ``card``, ``card_title`` or ``card_description``.
    ``code`` is one of those below, with the ``params`` in brackets; third parties may add codes and give
    ``params["message"]``.

    Text and link: ``text_missing``, ``text_too_long`` and ``text_too_many_bytes`` (length, limit), ``title_missing``,
    ``title_too_long`` (length, limit), ``too_many_hashtags`` and ``too_many_cashtags`` (count, limit),
    ``signs_forbidden`` (signs), ``link_invalid``.

    Media, ``KIND`` being image, gif, video or document: ``media_missing``, ``media_mixed``, ``KINDs_unsupported``,
    ``too_many_KINDs`` (count, limit), ``KIND_type`` (mime, accepted), ``KIND_too_large`` (size, limit; bytes),
    ``KIND_too_many_pixels`` (pixels, limit), ``KIND_ratio`` (width, height, low, high), ``video_too_short`` and
    ``video_too_long`` (seconds, limit), ``document_too_many_pages`` (count, limit). Those of a thread's part come at
    the field ``thread`` and with its ``number``.

    Polls: ``poll_unsupported``, ``poll_with_media``, ``poll_question_missing``, ``poll_question_too_long`` (length,
    limit), ``poll_too_few_options`` and ``poll_too_many_options`` (count, limit), ``poll_option_missing`` (number),
    ``poll_option_too_long`` (number, length, limit), ``poll_option_twice`` (option), ``poll_duration`` (hours,
    accepted).

    The card of a link: ``card_is_no_image``, ``card_title_too_long`` and ``card_description_too_long`` (length, limit).

    What follows: ``thread_too_long`` (count, limit), ``thread_part_missing`` (number), ``thread_part_too_long``
    (number, length, limit), ``thread_part_too_many_cashtags`` (number, count, limit), ``first_comment_too_long``
    (length, limit). ``language_unsupported`` (language).
    """

    field: str
    code: str
    params: Mapping[str, str | int] = dataclasses.field(default_factory=dict)
