"""The buttons of a post that is out, on its page."""

from __future__ import annotations

from planner.bootstrap import Platform
from planner.services.posts import PartInput
from publishers.sandbox import Sandbox
from tests.services.live.test_live import TEXT, out, read, remote
from tests.services.publishing.stage import Stage
from tests.services.publishing.test_following import steps
from tests.support import sandboxed
from tests.support.clock import FakeClock
from tests.support.factories import Company
from tests.support.web import ClientOf

sandbox, platform = sandboxed.sandbox, sandboxed.platform


def test_a_person_sees_what_the_network_shows_changes_it_and_takes_it_down(
    client_of: ClientOf, company: Company, platform: Platform, sandbox: Sandbox
) -> None:
    facebook, twitter = out(platform, company, sandbox, "facebook", "twitter")
    page = f"/posts/{read(platform, facebook)[0].post_id}"
    bob, rita = client_of(company.bob), client_of(company.rita)
    shown = bob.get(page).text
    assert f"/deliveries/{facebook}/remote" in shown
    assert f"/deliveries/{twitter}/remote" not in shown, "X has no edit"
    assert "/takedown" not in rita.get(page).text
    assert rita.send(f"/deliveries/{facebook}/takedown").status_code == 403

    stored = sandbox.world.store.find("facebook", remote(platform, facebook))
    assert stored is not None
    stored.text = "Heute geschlossen."
    assert bob.send(f"/deliveries/{facebook}/look").status_code == 303
    assert "zeigt einen anderen Text" in bob.get(page).text

    refused = bob.send(f"/deliveries/{facebook}/remote", text=" ")
    assert refused.status_code == 422
    assert bob.send(f"/deliveries/{facebook}/remote", text=TEXT).status_code == 303
    assert [p["text"] for p in sandbox.posts("facebook")] == [TEXT]
    assert "zeigt einen anderen Text" not in bob.get(page).text

    unedited = bob.send(f"/deliveries/{twitter}/remote", text="Heute doch geöffnet.")
    assert unedited.status_code == 409
    assert "Heute doch geöffnet." in unedited.text, "what was typed is not lost where it can no longer be changed"
    assert bob.send(f"/deliveries/{twitter}/takedown").status_code == 303
    after = bob.get(page).text
    assert "Entfernt am" in after
    assert f"/deliveries/{twitter}/takedown" not in after
    assert [p["deleted"] for p in sandbox.posts("twitter")] == [True]


def test_what_stands_under_a_post_has_its_own_buttons_and_the_dialog_says_what_becomes_of_it(
    client_of: ClientOf, company: Company, platform: Platform, sandbox: Sandbox, clock: FakeClock
) -> None:
    stage, bob = Stage(platform, company, sandbox, clock), client_of(company.bob)
    commented = stage.due(stage.channel("linkedin"), first_comment="Mehr mit Feler")
    threaded = stage.due(stage.channel("twitter"), text="Eins", thread=(PartInput("Zwei"), PartInput("Drei")))
    stage.run()
    (comment,), (second, third) = steps(stage, commented), steps(stage, threaded)

    page = f"/posts/{commented.post_id}"
    assert "Unser erster Kommentar verschwindet mit ihm." in bob.get(page).text
    assert bob.send(f"/deliveries/{comment.id}/look").status_code == 303
    refused = bob.send(f"/deliveries/{comment.id}/remote", text=" ")
    assert refused.status_code == 422
    assert bob.send(f"/deliveries/{comment.id}/remote", text="Mehr ohne Fehler").status_code == 303
    assert "Mehr ohne Fehler" in bob.get(page).text
    assert bob.send(f"/deliveries/{comment.id}/takedown").status_code == 303
    assert "Unser erster Kommentar verschwindet mit ihm." not in bob.get(page).text

    page = f"/posts/{threaded.post_id}"
    shown = bob.get(page).text
    assert "kostet 0,045 $" in shown, "all three parts"
    assert "2 weitere Teile des Threads stehen darunter" in shown
    assert f"/deliveries/{third.id}/remote" not in shown, "X has no edit"
    sandbox.faults.add("missing_permission", "twitter", "delete", count=1)
    assert bob.send(f"/deliveries/{threaded.id}/takedown", under="too").status_code == 303
    after = bob.get(page).text
    assert "Folgeteil 2 ist weiterhin veröffentlicht." in after
    assert "Beim Netzwerk entfernt: Folgeteil 1, Beitrag." in after
    assert [f"/deliveries/{one.id}/takedown" in after for one in (threaded, second, third)] == [False, False, True]
