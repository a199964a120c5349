"""Sentences about posts, their content and their times."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext as _l

SENTENCES: dict[str, LazyString] = {
    "invalid": _l("Please check the marked fields."),
    "not_found": _l("There is no such entry in this workspace."),
    "forbidden_read": _l("You are not a member of this workspace."),
    "forbidden_edit": _l("Your role only allows reading. Ask an admin for the role “editor”."),
    "forbidden_approve": _l("Only leads and admins may approve."),
    "forbidden_pause": _l("Your role only allows reading. Ask an admin for the role “editor”."),
    "forbidden_release": _l("Only leads and admins may end a pause."),
    "forbidden_arrange": _l("Only leads and admins may change the slots."),
    "forbidden_manage": _l("Only admins may change this."),
    "text_missing": _l("Write a text first."),
    "text_too_long": _l(
        "The text is too long for %(channel)s: %(length)s characters of %(limit)s. Shorten it, or write a variant."
    ),
    "title_missing": _l("%(channel)s needs a title, or a text whose first line can be one."),
    "title_too_long": _l("The title is too long for %(channel)s: %(length)s characters of %(limit)s."),
    "too_many_hashtags": _l("%(channel)s takes at most %(limit)s hashtags; there are %(count)s."),
    "too_many_cashtags": _l("%(channel)s takes at most %(limit)s cashtag ($WORD) in a post; there are %(count)s."),
    "text_too_many_bytes": _l(
        "The text is too long for %(channel)s: %(length)s bytes of %(limit)s. Letters such as ä and ß count two, emoji"
        " four. Shorten it, or write a variant."
    ),
    "signs_forbidden": _l("%(channel)s does not take these signs: %(signs)s. Write it without them."),
    "link_not_clickable": _l("Nobody can follow a link in a post on %(channel)s. It is handed to you apart."),
    "link_invalid": _l("This is not a complete web address. It starts with https:// or http://."),
    "channels_missing": _l("Choose at least one channel."),
    "channel_unknown": _l("There is no channel with the id %(id)s."),
    "channel_twice": _l("The channel %(channel)s is chosen twice."),
    "channel_has_no_slots": _l("%(channel)s has no weekly slots yet. Add slots, or choose a time."),
    "media_unknown": _l("There is no file with the id %(id)s."),
    "time_past": _l("This time has passed already. Choose a later one."),
    "time_too_far": _l("This time is more than five years ahead. Choose an earlier one."),
    "time_and_queue": _l("Choose either a time or the queue, not both."),
    "time_missing": _l("Choose a time or the queue."),
    "topic_unknown": _l("There is no such topic."),
    "campaign_unknown": _l("There is no such campaign."),
    "goal_unknown": _l("There is no such goal."),
    "audience_unknown": _l("There is no such target group."),
    "category_unknown": _l("There is no such category."),
    "format_unknown": _l("There is no such format."),
    "owner_unknown": _l("There is no such member."),
    "variant_without_channel": _l("There is a variant for a channel that is not chosen."),
    "stale_edit": _l("%(by)s changed this post in the meantime. Your text is still here: compare, then save again."),
    "in_doubt": _l(
        "Nobody knows yet whether this post is live on one of its networks. Look there and decide on the post's page "
        "first; then it can be taken out."
    ),
    "frozen": _l("This post is being sent right now and cannot be changed until the result is known."),
    "published_already": _l("This post is published already and cannot be changed here."),
    "nothing_to_approve": _l("There is nothing to approve here."),
    "approved_already": _l("This post is approved already."),
    "not_approved": _l("This post is not approved."),
    "cannot_move": _l("A post that is %(state)s cannot be moved."),
    "cannot_delete": _l("Parts of this post are published already. Only what is still planned can be cancelled."),
    "mention_incomplete": _l("A mention needs the name as it stands in the text, and the account's address or id."),
    "mention_id_wrong": _l(
        "“%(name)s” is no account that can be mentioned on %(network)s. Give the address of its page, or its id,"
        " such as %(example)s."
    ),
    "mention_not_found": _l(
        "%(network)s knows no page with the name “%(name)s”. Copy the address from the page itself, or give its id,"
        " such as %(example)s."
    ),
    "mention_not_looked_up": _l(
        "Whose “%(name)s” is could not be asked of %(network)s: no connected channel may. Give the id of the account"
        " instead, such as %(example)s."
    ),
    "mention_not_in_text": _l("“%(name)s” does not stand in the text for %(channel)s: nobody is mentioned there."),
    "language_unknown": _l("%(language)s is no language. Give its two letters, such as de or en."),
    "thread_left_out": _l("%(channel)s has no threads: only the post itself goes out there."),
    "first_comment_left_out": _l("%(channel)s has no first comment: it is left out there."),
    "card_left_out": _l("%(channel)s takes no picture of ours for a link: it is left out there."),
    "alt_left_out": _l("%(channel)s takes no alternative text for a GIF: it is left out there."),
    "languages_left_out": _l("%(channel)s cannot narrow a post to languages: everyone sees it there."),
    "same_text_soon": _l("The same text goes to %(channel)s within 48 hours of this time."),
    "channel_needs_reconnect": _l("%(channel)s must be reconnected before anything can go out."),
    "channel_is_paused": _l("%(channel)s is paused: nothing goes out until it is resumed."),
    "wall_time_skipped": _l("The clocks change in this hour: %(wanted)s does not exist and becomes %(actual)s."),
    "wall_time_repeated": _l("The clocks change: %(wanted)s comes twice. The post goes out at its first passing."),
}
