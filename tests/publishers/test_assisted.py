"""What a person gets who publishes by hand."""

from __future__ import annotations

from publishers.assisted import assist
from publishers.base import Medium, Mention, OutgoingPost, Poll, ThreadPart
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
        assert (task.share_url or "https%3A%2F%2Fe.de").endswith("https%3A%2F%2Fe.de")
        assert known.is_at_home(task.home_url or "")
        if task.share_url is not None:
            assert known.is_at_home(task.share_url)


def test_title_and_hashtags_are_handed_over_apart_where_they_are_wanted() -> None:
    text = "Die BX 500 läuft\n\nHinter den Kulissen. #Maschinenbau #BX500 #Maschinenbau, Platz #1"
    task = assist(network("youtube"), OutgoingPost(text, "https://e.de"))
    assert (task.title, task.text) == ("Die BX 500 läuft", f"{text} https://e.de")
    assert task.hashtags == ("#Maschinenbau", "#BX500")
    assert assist(network("youtube"), OutgoingPost(text, title="Ein  Film")).title == "Ein Film"
    assert assist(network("threads"), OutgoingPost(text)).title == ""


def test_where_no_link_can_be_followed_it_stays_out_of_the_text_and_that_is_said() -> None:
    task = assist(network("instagram"), OutgoingPost("Hallo", "https://e.de"))
    assert (task.text, task.link, task.link_works) == ("Hallo", "https://e.de", False)
    assert assist(network("youtube"), OutgoingPost("Hallo", "https://e.de")).link_works


def test_what_follows_a_post_is_handed_over_too() -> None:
    post = OutgoingPost("Eins", thread=(ThreadPart("Zwei"), ThreadPart("Drei")), first_comment=" Mehr: e.de ")
    task = assist(network("threads"), post)
    assert [part.text for part in task.thread] == ["Zwei", "Drei"]
    assert task.first_comment == "Mehr: e.de"


def test_a_poll_and_its_languages_are_handed_over_and_a_mention_is_a_name() -> None:
    poll = Poll(("Ja", "Nein"), 72, "Lohnt sich das?")
    mention = Mention("Brandt Partner", "urn:li:organization:2414183")
    post = OutgoingPost("Danke an Brandt Partner", poll=poll, languages=("de",), mentions=(mention,))
    task = assist(network("linkedin"), post)
    assert (task.poll, task.languages) == (poll, ("de",))
    assert (task.text, task.mentions) == ("Danke an Brandt Partner", ("Brandt Partner",))
    assert assist(network("twitter"), OutgoingPost("Danke @brandt", mentions=(mention,))).mentions == ()
