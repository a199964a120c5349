"""Guards of a lead's yes: it is a lead's, and what goes out is what they have seen."""

from __future__ import annotations

from tests.mutants.model import Edit, Mutant, found_in

APPROVALS = "planner/services/approvals.py"
WRITING = "planner/services/posts/writing.py"

APPROVALS_TESTS = "services/test_approvals.py"
POSTS_TESTS = "services/test_posts.py"

MUTANTS = (
    Mutant(
        "edit-voids",
        "An edit voids the yes: what goes out is what a lead has seen.",
        "the voiding",
        (
            Edit(
                WRITING,
                "    if changed and store.void_approval(post, actor.label, now):\n",
                "    if False:\n",
            ),
        ),
        found_in(POSTS_TESTS, "an_edit_voids_the_approval"),
    ),
    Mutant(
        "approve-stale",
        "A yes to what was changed meanwhile is refused.",
        "the look at what the lead has seen",
        (
            Edit(
                APPROVALS,
                "    store.refuse_stale(session, post, version)\n    if post.approved_at is not None:\n",
                "    if post.approved_at is not None:\n",
            ),
        ),
        found_in(APPROVALS_TESTS, "a_yes_to_what_was_changed_meanwhile_is_refused"),
    ),
    Mutant(
        "approve-role",
        "Only a lead says yes.",
        "the look at who says it",
        (
            Edit(
                APPROVALS,
                "    actor.require(Permission.APPROVE)\n"
                "    post = store.load(session, actor, post_id)\n"
                "    store.refuse_stale",
                "    post = store.load(session, actor, post_id)\n    store.refuse_stale",
            ),
        ),
        found_in(APPROVALS_TESTS, "an_editor_and_an_outsider_may_not_say_yes"),
    ),
    Mutant(
        "approve-role-new",
        "Only a lead says yes together with a new post.",
        "the look at who writes it",
        (
            Edit(
                WRITING,
                "    actor.require(Permission.APPROVE if approve else Permission.EDIT)\n    if submission",
                "    actor.require(Permission.EDIT)\n    if submission",
            ),
        ),
        found_in(POSTS_TESTS, "an_editor_may_not_approve"),
    ),
    Mutant(
        "approve-role-edit",
        "Only a lead says yes together with an edit.",
        "the look at who edits",
        (
            Edit(
                WRITING,
                "    actor.require(Permission.APPROVE if approve else Permission.EDIT)\n    post =",
                "    actor.require(Permission.EDIT)\n    post =",
            ),
        ),
        found_in(POSTS_TESTS, "an_editor_may_not_approve"),
    ),
)
