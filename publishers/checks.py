"""What networks would not take, found before sending: the checks that all of them share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from urllib.parse import urlsplit

from publishers.outgoing import MediaKind, Medium, OutgoingPost
from publishers.rules import CardRules, ContentRules, KindRules, MediaRules, PollRules, Problem, TextRules
from publishers.text import cashtags, hashtags, plain_length, title_of

Count = Callable[[OutgoingPost], int]


@dataclass(frozen=True, slots=True)
class Checker:
    """All rules of one network. ``length`` counts a post as the network does. Call it with a post."""

    text: TextRules
    media: MediaRules
    content: ContentRules
    length: Count

    def __call__(self, post: OutgoingPost) -> list[Problem]:
        return [
            *text_problems(post, self.length(post), self.text, self.content.poll),
            *title_problems(post, self.text),
            *tag_problems(post, self.text),
            *sign_problems(post, self.text),
            *media_problems(post, self.media),
            *poll_problems(post, self.content.poll),
            *self._thread_problems(post),
            *_first_comment_problems(post, self.content.first_comment),
            *self._card_problems(post),
        ]

    def _card_problems(self, post: OutgoingPost) -> list[Problem]:
        """What no card shows is no problem."""
        if self.content.card is None or not post.shows_card:
            return []
        return _card_text_problems(post, self.content.card) + self._card_picture_problems(post)

    def _card_picture_problems(self, post: OutgoingPost) -> list[Problem]:
        rules = self.media.of(MediaKind.IMAGE)
        if post.card is None or rules is None:
            return []
        if post.card.kind is not MediaKind.IMAGE:
            return [Problem("card", "card_is_no_image")]
        return [replace(problem, field="card") for problem in _medium_problems(post.card, rules)]

    def _thread_problems(self, post: OutgoingPost) -> list[Problem]:
        """What a network without threads is not sent is no problem there."""
        if not self.content.max_thread:
            return []
        problems = []
        if len(post.thread) > self.content.max_thread:
            params = {"count": len(post.thread), "limit": self.content.max_thread}
            problems.append(Problem("thread", "thread_too_long", params))
        for number, part in enumerate(post.thread, start=1):
            problems += self._part_problems(number, OutgoingPost(part.text, media=part.media, mentions=post.mentions))
        return problems

    def _part_problems(self, number: int, part: OutgoingPost) -> list[Problem]:
        """Problems of one part, which names its number (1 for the first that follows the post)."""
        problems = []
        if not part.text.strip() and not part.media:
            problems.append(Problem("thread", "thread_part_missing", {"number": number}))
        length = self.length(part)
        if length > self.text.limit:
            params = {"number": number, "length": length, "limit": self.text.limit}
            problems.append(Problem("thread", "thread_part_too_long", params))
        count, most = len(cashtags(part.text)), self.text.max_cashtags
        if most is not None and count > most:
            params = {"number": number, "count": count, "limit": most}
            problems.append(Problem("thread", "thread_part_too_many_cashtags", params))
        of_media = media_problems(part, self.media) if part.media else []
        return problems + [replace(p, field="thread", params={**p.params, "number": number}) for p in of_media]


def text_problems(
    post: OutgoingPost, length: int, rules: TextRules, poll_rules: PollRules | None = None
) -> list[Problem]:
    """Problems of text and link. A post needs a text, unless a link, a file or a poll's own question stands for it."""
    problems = []
    asks = post.poll is not None and poll_rules is not None
    stands_in = bool(poll_rules and poll_rules.question_limit) if asks else bool(post.link or post.media)
    if not post.text.strip() and not stands_in:
        problems.append(Problem("text", "text_missing"))
    if length > rules.limit:
        code = "text_too_many_bytes" if rules.counting == "bytes" else "text_too_long"
        problems.append(Problem("text", code, {"length": length, "limit": rules.limit}))
    if post.link and not is_web_address(post.link):
        problems.append(Problem("link", "link_invalid"))
    return problems


# --- media ---------------------------------------------------------------------------------------------------


def media_problems(post: OutgoingPost, rules: MediaRules) -> list[Problem]:
    """Problems of the files: which kinds, how many, of what type, how large, how long, of what shape."""
    media = post.media
    if not media:
        return [Problem("media", "media_missing")] if rules.required else []
    kinds = list(dict.fromkeys(medium.kind for medium in media))
    problems = []
    if len(kinds) > 1 and not rules.mixed:
        problems.append(Problem("media", "media_mixed"))
    for kind in kinds:
        problems += _kind_problems(kind, [m for m in media if m.kind is kind], rules.of(kind))
    if rules.mixed and len(kinds) > 1 and len(media) > rules.max_images:
        problems.append(_too_many(MediaKind.IMAGE, len(media), rules.max_images))
    return problems


def _kind_problems(kind: MediaKind, media: Sequence[Medium], rules: KindRules | None) -> list[Problem]:
    if rules is None:
        return [Problem("media", f"{kind}s_unsupported")]
    problems = [_too_many(kind, len(media), rules.max_count)] if len(media) > rules.max_count else []
    for medium in media:
        problems.extend(_medium_problems(medium, rules))
    return problems


def _too_many(kind: MediaKind, count: int, limit: int) -> Problem:
    return Problem("media", f"too_many_{kind}s", {"count": count, "limit": limit})


def _medium_problems(medium: Medium, rules: KindRules) -> list[Problem]:
    kind, pixels = medium.kind, medium.width * medium.height
    problems = []
    if medium.mime not in rules.mimes:
        accepted = ", ".join(rules.mimes)
        problems.append(Problem("media", f"{kind}_type", {"mime": medium.mime, "accepted": accepted}))
    if medium.size > rules.max_bytes:
        problems.append(Problem("media", f"{kind}_too_large", {"size": medium.size, "limit": rules.max_bytes}))
    if rules.max_pixels is not None and pixels > rules.max_pixels:
        params = {"pixels": pixels, "limit": rules.max_pixels}
        problems.append(Problem("media", f"{kind}_too_many_pixels", params))
    return problems + _length_problems(medium, rules) + _shape_problems(medium, rules)


def _length_problems(medium: Medium, rules: KindRules) -> list[Problem]:
    """Problems of a video's seconds and a document's pages, where they are known."""
    found = []
    seconds, pages = medium.seconds, medium.pages
    if seconds is not None and rules.min_seconds is not None and seconds < rules.min_seconds:
        found.append(
            Problem("media", "video_too_short", {"seconds": _told(seconds), "limit": _told(rules.min_seconds)})
        )
    if seconds is not None and rules.max_seconds is not None and seconds > rules.max_seconds:
        found.append(Problem("media", "video_too_long", {"seconds": _told(seconds), "limit": _told(rules.max_seconds)}))
    if pages is not None and rules.max_pages is not None and pages > rules.max_pages:
        found.append(Problem("media", "document_too_many_pages", {"count": pages, "limit": rules.max_pages}))
    return found


def _shape_problems(medium: Medium, rules: KindRules) -> list[Problem]:
    if rules.ratios is None or not medium.width or not medium.height:
        return []
    narrowest, widest = rules.ratios
    if narrowest <= medium.width / medium.height <= widest:
        return []
    params: dict[str, str | int] = {
        "width": medium.width, "height": medium.height, "low": _told(narrowest), "high": _told(widest),
    }  # fmt: skip
    return [Problem("media", f"{medium.kind}_ratio", params)]


def _told(number: float) -> str:
    """A number for a person, with one or two places where it needs them."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


# --- polls and first comments --------------------------------------------------------------------------------


def poll_problems(post: OutgoingPost, rules: PollRules | None) -> list[Problem]:
    """Problems of a poll. A network without polls cannot take the post: without its poll it would say nothing."""
    poll = post.poll
    if poll is None:
        return []
    if rules is None:
        return [Problem("poll", "poll_unsupported")]
    problems = [Problem("poll", "poll_with_media")] if post.media else []
    if rules.question_limit:
        problems += _question_problems(poll.question, rules.question_limit)
    problems += _option_problems(poll.options, rules)
    first, last = rules.hours[0], rules.hours[-1]
    fits = first <= poll.hours <= last if rules.any_length else poll.hours in rules.hours
    if not fits:
        accepted = f"{first}-{last}" if rules.any_length else ", ".join(str(hours) for hours in rules.hours)
        problems.append(Problem("poll", "poll_duration", {"hours": poll.hours, "accepted": accepted}))
    return problems


def _question_problems(question: str, limit: int) -> list[Problem]:
    length = plain_length(question.strip())
    if not length:
        return [Problem("poll", "poll_question_missing")]
    too_long = length > limit
    return [Problem("poll", "poll_question_too_long", {"length": length, "limit": limit})] if too_long else []


def _option_problems(options: Sequence[str], rules: PollRules) -> list[Problem]:
    problems, count = [], len(options)
    if count < rules.min_options:
        problems.append(Problem("poll", "poll_too_few_options", {"count": count, "limit": rules.min_options}))
    if count > rules.max_options:
        problems.append(Problem("poll", "poll_too_many_options", {"count": count, "limit": rules.max_options}))
    for number, option in enumerate(options, start=1):
        length = plain_length(option.strip())
        if not length:
            problems.append(Problem("poll", "poll_option_missing", {"number": number}))
        if length > rules.option_limit:
            params = {"number": number, "length": length, "limit": rules.option_limit}
            problems.append(Problem("poll", "poll_option_too_long", params))
    return problems + [Problem("poll", "poll_option_twice", {"option": option}) for option in _twice(options)]


def _twice(options: Iterable[str]) -> list[str]:
    stripped = sorted(option.strip() for option in options if option.strip())
    return list(dict.fromkeys(one for one, next_one in pairwise(stripped) if one == next_one))


def _first_comment_problems(post: OutgoingPost, limit: int | None) -> list[Problem]:
    length = plain_length(post.first_comment.strip())
    if limit is None or length <= limit:
        return []
    return [Problem("first_comment", "first_comment_too_long", {"length": length, "limit": limit})]


def _card_text_problems(post: OutgoingPost, rules: CardRules) -> list[Problem]:
    problems = []
    title, description = plain_length(post.card_title.strip()), plain_length(post.card_description.strip())
    if title > rules.title_limit:
        params = {"length": title, "limit": rules.title_limit}
        problems.append(Problem("card_title", "card_title_too_long", params))
    if description > rules.description_limit:
        params = {"length": description, "limit": rules.description_limit}
        problems.append(Problem("card_description", "card_description_too_long", params))
    return problems


def is_web_address(link: str) -> bool:
    """Whether a network could take this as a link: http or https, a host, no blanks."""
    if not link.isprintable() or any(c.isspace() for c in link):
        return False
    try:
        parts = urlsplit(link)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host)


def title_problems(post: OutgoingPost, rules: TextRules) -> list[Problem]:
    """Problems of a title: where the network shows one, a post needs it, or a text whose first line can be one."""
    if rules.title_limit is None:
        return []
    title = title_of(post.title, post.text, rules.title_limit)
    if not title:
        return [Problem("title", "title_missing")]
    length = plain_length(title)
    too_long = Problem("title", "title_too_long", {"length": length, "limit": rules.title_limit})
    return [too_long] if length > rules.title_limit else []


def tag_problems(post: OutgoingPost, rules: TextRules) -> list[Problem]:
    """Whether the text has more ``#words`` or ``$WORDS`` than the network takes."""
    counted = (
        ("too_many_hashtags", len(hashtags(post.text)), rules.max_hashtags),
        ("too_many_cashtags", len(cashtags(post.text)), rules.max_cashtags),
    )
    return [
        Problem("text", code, {"count": count, "limit": limit})
        for code, count, limit in counted
        if limit is not None and count > limit
    ]


def sign_problems(post: OutgoingPost, rules: TextRules) -> list[Problem]:
    """Signs that the network takes neither in the text nor in a title of its own. A title made of the text has those of
    the text."""
    found = []
    for field, text in (("text", post.text), ("title", post.title if rules.title_limit else "")):
        signs = [sign for sign in rules.forbidden if sign in text]
        if signs:
            found.append(Problem(field, "signs_forbidden", {"signs": " ".join(signs)}))
    return found
