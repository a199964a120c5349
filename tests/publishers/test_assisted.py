"""What a person gets who publishes by hand."""

from __future__ import annotations

from publishers.assisted import assist
from publishers.base import Medium, OutgoingPost
from publishers.registry import network, networks


def test_the_share_address_has_the_link_encoded_whole() -> None:
    task = assist(network("xing"), OutgoingPost("Hallo", "https://example.com/?x=1&y=2"))
    assert task.share_url == "https://www.xing.com/spi/shares/new?url=https%3A%2F%2Fexample.com%2F%3Fx%3D1%26y%3D2"


def test_the_operator_may_set_another_share_address_or_none() -> None:
    post = OutgoingPost("Hallo", "https://e.de")
    assert assist(network("xing"), post, "https://x.example/?u=").share_url == "https://x.example/?u=https%3A%2F%2Fe.de"
    assert assist(network("xing"), post, "").share_url is None


def test_without_a_link_there_is_nothing_to_share() -> None:
    task = assist(network("xing"), OutgoingPost("Hallo"))
    assert (task.share_url, task.home_url) == (None, "https://www.xing.com/")


def test_text_and_images_are_handed_over_as_they_are(picture: Medium) -> None:
    task = assist(network("xing"), OutgoingPost("Hallo", None, (picture,)))
    assert (task.text, task.media) == ("Hallo", (picture,))


def test_where_the_link_travels_in_the_text_the_text_to_copy_has_it() -> None:
    task = assist(network("twitter"), OutgoingPost("Hallo", "https://e.de"))
    assert task.text == "Hallo https://e.de"


def test_any_network_can_be_assisted() -> None:
    for known in networks().values():
        task = assist(known, OutgoingPost("Hallo", "https://e.de"))
        assert task.share_url is not None
        assert task.share_url.endswith("https%3A%2F%2Fe.de")
