"""Sentences about what a network does not take of a post: its media, its poll, what follows it."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext as _l

SENTENCES: dict[str, LazyString] = {
    "too_many_images": _l("%(channel)s does not take so many images: at most %(limit)s, and there are %(count)s."),
    "card_is_no_image": _l("%(channel)s takes an image for a link's card: JPEG or PNG."),
    "card_title_too_long": _l(
        "The title of the link's card is too long for %(channel)s: %(length)s characters of %(limit)s."
    ),
    "card_description_too_long": _l(
        "The description of the link's card is too long for %(channel)s: %(length)s characters of %(limit)s."
    ),
    "image_type": _l("%(channel)s does not take images of the kind %(mime)s. It takes %(accepted)s."),
    "image_too_large": _l("The image is too large for %(channel)s: %(size)s of %(limit)s."),
    "image_too_many_pixels": _l("The image has too many pixels for %(channel)s: %(pixels)s of %(limit)s."),
    "images_unsupported": _l("%(channel)s takes no images through this connection. Remove them in the variant."),
    "media_missing": _l("%(channel)s takes no post without a picture or video. Add one."),
    "media_mixed": _l("%(channel)s takes only one kind of file in a post: pictures, a GIF, a video or a document."),
    "gifs_unsupported": _l("%(channel)s takes no GIFs. Remove it in the variant."),
    "videos_unsupported": _l("%(channel)s takes no videos. Remove it in the variant."),
    "documents_unsupported": _l("%(channel)s takes no documents. Remove it in the variant."),
    "too_many_gifs": _l("%(channel)s takes at most %(limit)s GIF in a post; there are %(count)s."),
    "too_many_videos": _l("%(channel)s takes at most %(limit)s video in a post; there are %(count)s."),
    "too_many_documents": _l("%(channel)s takes at most %(limit)s document in a post; there are %(count)s."),
    "video_type": _l("%(channel)s does not take videos of the kind %(mime)s. It takes %(accepted)s."),
    "document_type": _l("%(channel)s does not take documents of the kind %(mime)s. It takes %(accepted)s."),
    "gif_too_large": _l("The GIF is too large for %(channel)s: %(size)s of %(limit)s."),
    "video_too_large": _l("The video is too large for %(channel)s: %(size)s of %(limit)s."),
    "document_too_large": _l("The document is too large for %(channel)s: %(size)s of %(limit)s."),
    "gif_too_many_pixels": _l("The GIF has too many pixels for %(channel)s: %(pixels)s of %(limit)s."),
    "video_too_many_pixels": _l("The video has too many pixels for %(channel)s: %(pixels)s of %(limit)s."),
    "image_ratio": _l(
        "The shape of the image does not suit %(channel)s: %(width)s × %(height)s pixels. Width by height must lie"
        " between %(low)s and %(high)s. Crop it."
    ),
    "gif_ratio": _l(
        "The shape of the GIF does not suit %(channel)s: %(width)s × %(height)s pixels. Width by height must lie"
        " between %(low)s and %(high)s."
    ),
    "video_ratio": _l(
        "The shape of the video does not suit %(channel)s: %(width)s × %(height)s pixels. Width by height must lie"
        " between %(low)s and %(high)s."
    ),
    "video_too_short": _l("The video is too short for %(channel)s: %(seconds)s seconds; it takes %(limit)s or more."),
    "video_too_long": _l("The video is too long for %(channel)s: %(seconds)s seconds; it takes at most %(limit)s."),
    "document_too_many_pages": _l("The document is too long for %(channel)s: %(count)s pages of %(limit)s."),
    "poll_unsupported": _l("%(channel)s has no polls. Remove the poll, or write a post of its own for this channel."),
    "poll_with_media": _l("On %(channel)s a poll takes the place of files. Remove one of the two."),
    "poll_question_missing": _l("Write the question of the poll."),
    "poll_question_too_long": _l(
        "The poll's question is too long for %(channel)s: %(length)s characters of %(limit)s."
    ),
    "poll_too_few_options": _l("A poll on %(channel)s needs at least %(limit)s options."),
    "poll_too_many_options": _l("A poll on %(channel)s has at most %(limit)s options; there are %(count)s."),
    "poll_option_missing": _l("Option %(number)s of the poll is empty."),
    "poll_option_too_long": _l(
        "Option %(number)s of the poll is too long for %(channel)s: %(length)s characters of %(limit)s."
    ),
    "poll_option_twice": _l("The poll has the option “%(option)s” twice."),
    "poll_duration": _l("%(channel)s has no polls of %(hours)s hours. Choose from: %(accepted)s hours."),
    "thread_too_long": _l("A thread on %(channel)s has at most %(limit)s further parts; there are %(count)s."),
    "thread_part_missing": _l("Follow-up part %(number)s of the thread is empty."),
    "thread_part_too_many_cashtags": _l(
        "%(channel)s takes at most %(limit)s cashtag ($WORD) in a post; part %(number)s has %(count)s."
    ),
    "thread_part_too_long": _l(
        "Follow-up part %(number)s of the thread is too long for %(channel)s: %(length)s characters of %(limit)s."
    ),
    "first_comment_too_long": _l("The first comment is too long for %(channel)s: %(length)s characters of %(limit)s."),
    "language_unsupported": _l("%(channel)s does not know the language “%(language)s” and cannot narrow posts to it."),
}
