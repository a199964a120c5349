"""The people of the two companies: they plan, change their minds, pause, release and decide, at random."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from planner.models import Delivery, Post, Workspace
from planner.services import approvals, channels, queue, slots, workspace_settings
from planner.services.posts import Content, When, changing, writing
from planner.services.posts.inputs import PartInput, VariantInput, content_of
from planner.services.publishing import decide, pause, resolutions
from planner.services.retiming import Choices, Keep
from tests.simulator.book import Row, read_json
from tests.simulator.events import Deed
from tests.simulator.ground import Home
from tests.simulator.office import Office
from tests.simulator.trail import words

MOVING = frozenset({"scheduled", "claimed", "sending", "unknown"})
#: How long people wait before they say whether something is live: by then the network has made up its mind.
THINKING = timedelta(minutes=50)
#: How often two companies with one account have the same words for it.
SAME_WORDS = 0.4
#: A delivery of which a restore left open whether it went out.
MAY_HAVE_GONE_OUT = """SELECT 1 FROM attempt WHERE delivery_id = {}
    AND error_code = 'restored' AND outcome = 'uncertain' LIMIT 1"""


class People(Office):
    """What they do in the course of a day."""

    def begin(self) -> None:
        """The first posts, and what people will do in the course of the day."""
        for _ in range(self.dice.choice((1, 1, 1, 2, 2))):
            self.world.later(self.soon(0, 20), self.make_post)
        for _ in range(self.dice.choice((0, 1, 2, 3))):
            self.world.later(self.soon(1, 200), self._something)

    def at_rest(self) -> bool:
        """Whether nothing goes on by itself any more."""
        states = {row[0] for row in self.ground.look("SELECT DISTINCT state FROM delivery")}
        return not states & MOVING and not self.world.rewind.looks()

    def clear_up(self) -> None:
        """At the end of the day: release what is paused, reconnect, say yes to what waits."""
        before = self.book.look()
        for kind, number in sorted(before.paused):
            self.release(kind, number)
        for (channel_id,) in self.ground.look("SELECT id FROM channel WHERE reconnect_since IS NOT NULL ORDER BY id"):
            self.reconnect(channel_id)
        query = "SELECT id FROM post WHERE approval_asked_at IS NOT NULL AND approved_at IS NULL AND deleted_at IS NULL"
        for (post_id,) in self.ground.look(query + " ORDER BY id"):
            self._approve(post_id)

    # --- acting --------------------------------------------------------------------------------------------

    def _something(self) -> None:
        acts: tuple[tuple[float, Callable[[], None]], ...] = (
            (2, self.make_post),
            (2, self._edit),
            (1.5, self._approve_any),
            (0.8, self._withdraw),
            (1.5, self._move),
            (0.6, self._cancel),
            (0.5, self._delete),
            (0.4, self._restore),
            (1.6, self._pause),
            (0.5, self._set_slots),
            (0.5, self._reorder),
            (4, self.decide),
            (0.2, self._change_zone),
            (0.2, self._post_by_hand),
        )
        self.dice.choices([act for _, act in acts], [weight for weight, _ in acts])[0]()

    # --- planning ------------------------------------------------------------------------------------------

    def make_post(self) -> None:
        home = self.dice.choice(self.ground.homes)
        used = tuple(self.dice.sample(home.channel_ids, self.dice.choice((1, 1, 1, 2))))
        words = self._words()
        self._make(home, used, words)
        for other in (other for channel in used for other in self.ground.siblings(channel) if other != channel):
            if self.dice.random() < SAME_WORDS:
                self.world.later(self.soon(0, 10), partial(self._make, self.home_of(other), (other,), words))

    def _make(self, home: Home, used: tuple[int, ...], words: str) -> None:
        self.channels += used
        content = Content(text=words, channels=used, **self._extras(home, used, words.split(maxsplit=1)[0]))
        when, approve = self._when(), self.dice.random() < 0.6

        def make(session: Session) -> int:
            now = self.world.web.platform.clock.now()
            post = writing.create(session, home.admin, content, when, now=now, folder=self.folder, approve=approve)
            return post.id

        post_id = self.act(Deed.MAKES, home, make)
        self.count_plan(post_id, content, when)
        if post_id is not None and not approve and home.admin.workspace_id == self.ground.homes[1].workspace_id:
            self.world.later(self.soon(0, 60), lambda: self._approve(post_id))

    def _words(self) -> str:
        if self._marks >= self._oldest and self.dice.random() < 0.04:
            return f"K{self.dice.randint(self._oldest, self._marks)}.1 Neue Fräse im Werk Süd."
        self._marks += 1
        return f"K{self._marks}.1 Neue Fräse im Werk Süd."

    def _extras(self, home: Home, used: tuple[int, ...], mark: str) -> dict[str, Any]:
        extras: dict[str, Any] = {}
        if self.dice.random() < 0.2:
            extras["link"] = f"https://www.brandt.example/fraese?utm_campaign={mark}"
        takes_images = all(self.ground.networks[channel] != "xing" for channel in used)
        if takes_images and self.dice.random() < 0.1:
            extras["media"] = (home.media_id,)
        if self.dice.random() < 0.2:
            extras["campaign_id"] = home.campaign_id
        if self.dice.random() < 0.15:
            number = mark.removeprefix("K").partition(".")[0]
            extras["thread"] = tuple(PartInput(words(number, step)) for step in (1, 2))
            extras["first_comment"] = words(number, 1)
        if len(used) > 1 and self.dice.random() < 0.3:
            extras["variants"] = {used[0]: VariantInput(text=f"{mark} Für Fachleute: die neue Fräse.")}
        return extras

    def _when(self) -> When:
        roll = self.dice.random()
        if roll < 0.3:
            return When(queue=True)
        return When(at=self.soon(1, 100)) if roll < 0.97 else When()

    def _edit(self) -> None:
        row = self.any_of(("draft", "scheduled", "claimed", "sending", "unknown", "missed", "failed", "needs_person"))
        if row is None:
            return
        home = self.home_of(row.channel_id)
        with_yes, leaves = self.dice.random() < 0.5, self.dice.random() < 0.15

        def edit(session: Session) -> None:
            post = session.get_one(Post, row.post_id)
            mark, _, rest = post.text.partition(" ")
            head, _, version = mark.partition(".")
            channels = tuple(
                r.channel_id for r in self.rows() if r.post_id == post.id and not r.step and r.state != "cancelled"
            )
            if leaves and len(channels) > 1:  # the channel is taken out of the post
                channels = tuple(channel for channel in channels if channel != row.channel_id)
            content = replace(content_of(post, channels), text=f"{head}.{int(version) + 1} {rest}", variants={})
            now = self.world.web.platform.clock.now()
            writing.edit(session, home.admin, post.id, content, now=now, folder=self.folder, approve=with_yes)

        self.act(Deed.EDITS, home, edit)

    def _approve_any(self) -> None:
        row = self.any_of(("draft",))
        if row is not None:
            self._approve(row.post_id)

    def _approve(self, post_id: int) -> None:
        home = self.home_of_post(post_id)
        if home is not None:
            self.act(Deed.APPROVES, home, lambda s: approvals.approve(s, home.lead, post_id, now=self.now()))

    def _withdraw(self) -> None:
        row = self.any_of(("scheduled", "claimed", "sending"))
        if row is None:
            return
        home = self.home_of(row.channel_id)
        service = self.dice.choice((approvals.withdraw, approvals.take_back))
        self.act(Deed.TAKES_YES_BACK, home, lambda s: service(s, home.lead, row.post_id, now=self.now()))
        if self.dice.random() < 0.7:
            self.world.later(self.soon(1, 90), lambda: self._approve(row.post_id))

    def _move(self) -> None:
        row = self.any_of(("draft", "scheduled", "claimed", "sending", "missed"))
        if row is None:
            return
        home, when = self.home_of(row.channel_id), self._when()
        move = changing.move
        self.act(Deed.MOVES, home, lambda s: move(s, home.editor, [row.id], when, now=self.now(), folder=self.folder))

    def _cancel(self) -> None:
        row = self.any_of(("draft", "scheduled", "claimed", "sending", "missed", "failed", "needs_person"))
        if row is not None:
            home = self.home_of(row.channel_id)
            self.act(Deed.CANCELS, home, lambda s: changing.cancel(s, home.editor, [row.id], now=self.now()))

    def _delete(self) -> None:
        row = self.any_of(("draft", "scheduled", "claimed", "unknown", "missed", "needs_person"))
        if row is None:
            return
        home = self.home_of(row.channel_id)
        self.act(Deed.DELETES, home, lambda s: changing.delete(s, home.editor, row.post_id, now=self.now()))
        if self.dice.random() < 0.6:
            self.world.later(self.soon(0.1, 30), lambda: self._restore_post(row.post_id))

    def _restore(self) -> None:
        deleted = [post.id for post in self.book.look().posts.values() if post.deleted]
        if deleted:
            self._restore_post(self.dice.choice(deleted))

    def _restore_post(self, post_id: int) -> None:
        home = self.home_of_post(post_id)
        if home is not None:
            self.act(Deed.BRINGS_BACK, home, lambda s: changing.restore(s, home.editor, post_id, now=self.now()))

    def _set_slots(self) -> None:
        channel_id = self.dice.choice(self.channels or list(self.ground.networks))
        home, now = self.home_of(channel_id), self.world.clock.now()
        soon = time(self.dice.randrange(24), self.dice.choice((0, 15, 30, 45)))
        wanted = [slots.SlotInput(day, at) for day in range(7) for at in (soon, time(2, 30))]
        setting = slots.set_slots
        self.act(Deed.SETS_SLOTS, home, lambda s: setting(s, home.admin, channel_id, wanted, now=now), f" to {soon}")

    def _reorder(self) -> None:
        channel_id = self.dice.choice(self.channels or list(self.ground.networks))
        home = self.home_of(channel_id)

        def reorder(session: Session) -> None:
            now = self.now()
            ids = [delivery.id for delivery in queue.queue_of(session, channel_id, now=now)]
            self.dice.shuffle(ids)
            queue.reorder(session, home.editor, channel_id, ids, now=now)

        self.act(Deed.REORDERS, home, reorder)

    def _change_zone(self) -> None:
        home = self.dice.choice(self.ground.homes)
        keep = self.dice.choice(tuple(Keep))
        zone = self.dice.choice(("Europe/Berlin", "America/New_York", "Asia/Tokyo", "Europe/London"))

        def change(session: Session) -> None:
            w = session.get_one(Workspace, home.workspace_id)
            wanted = workspace_settings.Settings(w.name, zone, w.language, w.approval_required, 0, w.weekly_time)
            workspace_settings.change(session, home.admin, wanted, Choices(keep), now=self.now())

        self.act(Deed.CHANGES_ZONE, home, change, f" to {zone}")

    def _post_by_hand(self) -> None:
        """Somebody posts the very text at the network, past the planner, before its time."""
        row = self.any_of(("scheduled",))
        if row is None or row.publish_at is None or row.publish_at < self.world.clock.now() + timedelta(seconds=10):
            return
        if self.ground.look(MAY_HAVE_GONE_OUT.format(int(row.id))):
            return  # what is there now and what went out since the backup: nobody could tell one from the other
        if self.has_twins(row):
            return  # nor that from the same words of another one that is under way
        words = self.book.look().posts[row.post_id].words
        network, account = self.ground.networks[row.channel_id], self.ground.accounts[row.channel_id]
        now = self.ground.sandbox.now()
        self.by_hand.add(self.ground.sandbox.backfill(network, account, words, now))
        self.deeds[Deed.POSTS_BY_HAND] += 1
        self.world.note(f"somebody posts the text of {self.world.named(row.id)} on {network} by hand")

    # --- holding back --------------------------------------------------------------------------------------

    def _pause(self) -> None:
        home = self.dice.choice(self.ground.homes)
        kind = self.dice.choice(("workspace", "workspace", "campaign", "channel"))
        number = home.workspace_id
        if kind == "campaign":
            number = home.campaign_id
        elif kind == "channel":
            number = self.dice.choice(self.channels or list(home.channel_ids))
            home = self.home_of(number)

        def hold(session: Session) -> None:
            now = self.now()
            if kind == "workspace":
                pause.pause_workspace(session, home.lead, "Störfall", now=now)
            elif kind == "campaign":
                pause.pause_campaign(session, home.lead, number, "Störfall", now=now)
            else:
                pause.pause_channel(session, home.lead, number, "Störfall", now=now)

        self.act(Deed(f"pauses the {kind}"), home, hold)
        self.world.later(self.soon(1, 200), lambda: self.release(kind, number))

    def release(self, kind: str, number: int) -> None:
        home = next(
            home
            for home in self.ground.homes
            if number
            in {"workspace": (home.workspace_id,), "campaign": (home.campaign_id,)}.get(kind, home.channel_ids)
        )

        def release(session: Session) -> None:
            now = self.now()
            if kind == "workspace":
                pause.release_workspace(session, home.admin, now=now)
            elif kind == "campaign":
                pause.release_campaign(session, home.admin, number, now=now)
            else:
                pause.release_channel(session, home.admin, number, now=now)

        self.act(Deed(f"releases the {kind}"), home, release)

    # --- deciding ------------------------------------------------------------------------------------------

    def decide(self) -> None:
        row = self.any_of(("needs_person", "missed", "failed"))
        if row is None:
            waiting = self.ground.look("SELECT id FROM channel WHERE reconnect_since IS NOT NULL ORDER BY id")
            if waiting:
                self.reconnect(waiting[0][0])
            return
        if row.error_code == "reconnect":
            self.reconnect(row.channel_id)
        elif row.state == "needs_person":
            self._answer(row)
        else:
            self._give_another_chance(row)

    def _answer(self, row: Row) -> None:
        """Truly: they look at the network, and not too soon."""
        asked = row.updated_at or self.world.clock.now()
        if self.world.clock.now() < asked + THINKING:
            self.world.later(asked + THINKING + timedelta(seconds=1), self.decide)
            return
        home = self.home_of(row.channel_id)
        live = self._is_there(row)
        again = self.dice.random() < 0.8
        if live:
            url = self._candidate_there(row)
            self.act(Deed.SAYS_LIVE, home, lambda s: decide.is_live(s, home.editor, row.id, url, now=self.now()))
        else:
            say = decide.is_not_live
            self.act(Deed.SAYS_NOT_LIVE, home, lambda s: say(s, home.editor, row.id, now=self.now(), send=again))

    def _is_there(self, row: Row) -> bool:
        """Whether it is live and no other delivery's, as a person sees at the network."""
        rows, mark = self.rows(), self.book.marks[row.post_id]
        if row.step:
            return self.trail(row.parent_id or 0, rows).is_live(row, words(mark, row.step))
        taken = {r.remote_id for r in rows}
        free = sum(c["id"] not in taken for c in self.copies(mark, row.channel_id))
        return free > sum(r.state == "published" and r.remote_id is None for r in self.twins(row, rows))

    def _candidate_there(self, row: Row) -> str | None:
        """The address of the one that they point to, where they were shown some."""
        ((params,),) = self.ground.look(f"SELECT error_params FROM delivery WHERE id = {int(row.id)}")  # noqa: S608
        shown = (read_json(params) or {}).get("candidates", ())
        taken = {r.remote_id for r in self.rows()}
        free = {c["id"] for c in self.copies(self.book.marks[row.post_id], row.channel_id)} - taken
        return next((one["url"] for one in shown if one["remote_id"] in free), None)

    def _give_another_chance(self, row: Row) -> None:
        home = self.home_of(row.channel_id)
        if row.state == "missed" and self.dice.random() < 0.4:
            self._resolve_all(home)
            return
        service: Callable[..., Delivery] = self.dice.choice((decide.send_now, decide.send_in_next_slot, decide.drop))
        name = service.__name__.replace("_", " ")
        self.act(Deed(f"{name} after all"), home, lambda s: service(s, home.editor, row.id, now=self.now()))

    def go_through_what_was_missed(self) -> bool:
        """In the end, in most companies: what a pause made late is known only when that is over. Returns whether."""
        missed = {self.home_of(row.channel_id) for row in self.rows() if row.state == "missed"}
        able = [home for home in self.ground.homes if home in missed and self.dice.random() < 0.7]
        for home in able:
            self._resolve_all(home)
        return bool(able)

    def _resolve_all(self, home: Home) -> None:
        """Everything that was missed, at once; and sometimes they take it back."""
        ids = [row.id for row in self.rows() if row.state == "missed" and row.channel_id in home.channel_ids]
        chosen = [resolutions.Resolution(i, self.dice.choice(tuple(resolutions.Choice))) for i in ids]

        def resolve(session: Session) -> int:
            return resolutions.resolve(session, home.editor, chosen, now=self.now()).id

        event_id = self.act(Deed.RESOLVES, home, resolve)
        if event_id is not None and self.dice.random() < 0.5:
            take_back, that = resolutions.take_back, Deed.TAKES_THAT_BACK
            self.world.later(
                self.soon(0, 15),
                lambda: self.act(that, home, lambda s: take_back(s, home.editor, event_id, now=self.now())),
            )

    def reconnect(self, channel_id: int) -> None:
        """Let the app in again at the network, and tell the planner."""
        home, self.reconnected = self.home_of(channel_id), True
        given = self.ground.grant_anew(channel_id, f"{len(self.world.history)}")
        network, vault = self.ground.networks[channel_id], self.ground.vault
        again = channels.reconnect
        self.act(
            Deed.RECONNECTS,
            home,
            lambda s: again(s, home.admin, vault, channel_id, given, now=self.now()),
            f" {network}",
        )
