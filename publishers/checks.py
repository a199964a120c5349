"""What networks would not take, found before sending: the checks that all of them share."""

from __future__ import annotations

from urllib.parse import urlsplit

from publishers.base import MediaRules, Medium, OutgoingPost, Problem, TextRules
from publishers.text import hashtags, plain_length, title_of


def text_problems(post: OutgoingPost, length: int, rules: TextRules) -> list[Problem]:
    """Problems of text and link. A post needs a text, unless a link or an image stands for it."""
    problems = []
    if not post.text.strip() and not post.link and not post.media:
        problems.append(Problem("text", "text_missing"))
    if length > rules.limit:
        problems.append(Problem("text", "text_too_long", {"length": length, "limit": rules.limit}))
    if post.link and not is_web_address(post.link):
        problems.append(Problem("link", "link_invalid"))
    return problems


def media_problems(post: OutgoingPost, rules: MediaRules) -> list[Problem]:
    """Problems of the images: how many, of what type, how large."""
    problems = []
    if len(post.media) > rules.max_images:
        params = {"count": len(post.media), "limit": rules.max_images}
        problems.append(Problem("media", "too_many_images", params))
    for medium in post.media:
        problems.extend(_medium_problems(medium, rules))
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


def _medium_problems(medium: Medium, rules: MediaRules) -> list[Problem]:
    problems = []
    if medium.mime not in rules.mimes:
        accepted = ", ".join(rules.mimes)
        problems.append(Problem("media", "image_type", {"mime": medium.mime, "accepted": accepted}))
    if medium.size > rules.max_bytes:
        problems.append(Problem("media", "image_too_large", {"size": medium.size, "limit": rules.max_bytes}))
    pixels = medium.width * medium.height
    if rules.max_pixels is not None and pixels > rules.max_pixels:
        problems.append(Problem("media", "image_too_many_pixels", {"pixels": pixels, "limit": rules.max_pixels}))
    return problems


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


def hashtag_problems(post: OutgoingPost, rules: TextRules) -> list[Problem]:
    """Whether the text has more ``#words`` than the network takes."""
    count, limit = len(hashtags(post.text)), rules.max_hashtags
    if limit is None or count <= limit:
        return []
    return [Problem("text", "too_many_hashtags", {"count": count, "limit": limit})]
