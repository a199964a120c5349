"""Guards of the answers to what people say."""

from __future__ import annotations

from tests.mutants.model import Edit, Mutant, found_in

ANSWERING = "planner/services/dialogue/answering.py"
ANSWERS = "planner/services/dialogue/answers.py"
HEARING = "planner/services/dialogue/hearing.py"

ANSWERS_TESTS = "services/dialogue/test_answers.py"
OVERTAKEN_TESTS = "services/dialogue/test_overtaken.py"
RACES = "services/dialogue/test_races.py"

LATE = found_in(OVERTAKEN_TESTS, "a_late_no_of_a_sender_that_was_overtaken_changes_nothing_and_a_late_yes_counts")
LOST = found_in(ANSWERS_TESTS, "an_answer_whose_fate_is_unknown_is_looked_up_and_never_doubled")
SWITCHED = found_in(OVERTAKEN_TESTS, "nothing_is_answered_on_a_channel_that_was_switched_meanwhile")
TWINS = found_in(RACES, "two_workers_never_have_two_answers_with_the_same_words_under_way_nor_one_answer_twice")


def _channel(name: str, column: str, guard: str) -> Mutant:
    """A state of the channel in which nothing is answered."""
    edit = Edit(ANSWERING, f"            Channel.{column}.is_(None),\n", "")
    return Mutant(f"say-{name}", guard, "the look at the channel", (edit,), SWITCHED)


MUTANTS = (
    Mutant(
        "say-twin",
        "An answer waits while one with the same words is under way on its channel.",
        "the look for the twin",
        (Edit(ANSWERING, "            ~same,\n", ""),),
        found_in(ANSWERS_TESTS, "two_answers_with_the_same_words_are_never_under_way_at_once"),
    ),
    Mutant(
        "say-twin-turn",
        "Of one channel, processes claim answers one after the other.",
        "the lock of the channel",
        (
            Edit(
                ANSWERING,
                "    session.execute(select(Channel.id).where(Channel.id == channel_id)"
                ".with_for_update(key_share=True))\n",
                "",
            ),
        ),
        found_in(RACES, "an_answer_that_is_approved_while_a_worker_takes_its_twin_waits_for_that"),
        on="postgresql",
    ),
    Mutant(
        "say-twin-again",
        "Whoever waited for its turn looks again whether the answer is due.",
        "the second look",
        (Edit(ANSWERING, "session.scalar(_due(now).where(", "session.scalar(select(Answer).where("),),
        TWINS,
        on="postgresql",
    ),
    Mutant(
        "say-state",
        "An answer is claimed only as it was read: a person may withdraw it at that moment.",
        "the state and the epoch in the compare-and-set",
        (Edit(ANSWERING, ", Answer.state == A.WAITING, Answer.epoch == answer.epoch)\n", ")\n"),),
        found_in(RACES, "an_answer_that_is_withdrawn_while_a_worker_reaches_for_it_is_not_sent"),
        on="postgresql",
    ),
    Mutant(
        "say-fence",
        "A sender's no counts only while the answer is its own.",
        "state, owner and epoch in the note",
        (
            Edit(
                ANSWERING,
                "        Answer.id == work.id, Answer.state == A.SENDING, Answer.owner == work.owner, "
                "Answer.epoch == work.epoch\n",
                "        Answer.id == work.id\n",
            ),
        ),
        LATE,
    ),
    Mutant(
        "say-late-yes",
        "A late yes counts in whatever state it finds the answer.",
        "the other states",
        (Edit(ANSWERING, "Answer.state != A.ANSWERED)", "Answer.state == A.SENDING)"),),
        LATE,
    ),
    Mutant(
        "say-begin-by",
        "A process that stood still between claim and call does not call.",
        "the look at the clock",
        (
            Edit(
                ANSWERING, "    if platform.clock.now() > work.began_at + allowed * BEGIN_WITHIN:\n", "    if False:\n"
            ),
        ),
        found_in(OVERTAKEN_TESTS, "a_process_that_stood_still_before_the_call_sends_nothing"),
    ),
    Mutant(
        "say-uncertain",
        "An answer whose fate is not clear is looked up, never sent again directly.",
        "the doubt: it is tried again like a refusal",
        (
            Edit(
                ANSWERING,
                '    return {"state": A.UNKNOWN, "error_code": code, "look_at": look}\n',
                '    return {"state": A.WAITING, "error_code": code, "try_at": now}\n',
            ),
        ),
        LOST,
    ),
    Mutant(
        "say-interrupted",
        "What a dead process left is in doubt.",
        "the doubt: it is sent again",
        (
            Edit(
                ANSWERING,
                "values(state=A.UNKNOWN, look_at=now, error_code=code)",
                "values(state=A.WAITING, look_at=None, try_at=now, error_code=code)",
            ),
        ),
        found_in(ANSWERS_TESTS, "a_process_that_dies_at_any_step_neither_doubles_nor_loses"),
    ),
    Mutant(
        "say-restored",
        "After a restore, what waited is looked for first.",
        "the doubt: it is sent",
        (Edit(ANSWERING, '{"state": A.UNKNOWN, "error_code": "restored", **afresh}', '{"state": A.WAITING}'),),
        found_in(ANSWERS_TESTS, "after_a_restore_what_waited_is_looked_for_first"),
    ),
    _channel("by-hand", "by_hand_since", "On a channel where people publish, no program answers."),
    _channel("rehearsing", "rehearsing_since", "On a channel that rehearses, nobody real is answered."),
    _channel("archived", "archived_at", "On a channel that was put away, nothing is answered."),
    Mutant(
        "say-twice",
        "To one remark the same words are said once.",
        "the look for an answer that stands",
        (Edit(ANSWERS, "    if set(session.scalars(same)) - {besides}:\n", "    if False:\n"),),
        found_in(ANSWERS_TESTS, "what_cannot_be_answered_is_said_before_anything_is_sent"),
    ),
    Mutant(
        "say-double-click",
        "Who answers a remark waits for whoever answers it just now.",
        "the lock of the remark",
        (
            Edit(
                ANSWERS,
                "    session.execute(select(Message.id).where(Message.id == message_id)"
                ".with_for_update(key_share=True))\n",
                "",
            ),
        ),
        found_in(RACES, "a_double_click_or_a_repeated_call_says_the_same_to_one_remark_once"),
        on="postgresql",
    ),
    Mutant(
        "say-retry",
        "What failed is not tried again beside the same words that were written anew.",
        "the look for them",
        (Edit(ANSWERS, "    _refuse_twice(session, answer.message_id, answer.text, besides=answer.id)\n", ""),),
        found_in(RACES, "what_failed_is_not_tried_again_beside_the_same_words_that_were_written_anew"),
        on="postgresql",
    ),
    Mutant(
        "hear-and-note",
        "Who hears an answer and who notes it hold its conversation before they look what is there.",
        "the lock of whoever notes it",
        (
            Edit(
                ANSWERS,
                "    hold_conversations(session, Conversation.id == answer.conversation_id)\n",
                "",
            ),
        ),
        found_in(
            RACES,
            "an_answer_that_is_heard_at_the_moment_when_it_is_noted_is_one_message_and_nobody_begins_again",
        ),
        on="postgresql",
    ),
    Mutant(
        "hear-again",
        "What another process heard at the same moment takes nothing else along.",
        "the second note of what is left",
        (
            Edit(
                HEARING,
                'what is left is new.")\n        return write_again(platform.database, work)\n',
                'what is left is new.")\n        return 0\n',
            ),
        ),
        found_in(RACES, "what_two_processes_hear_at_once_is_there_once_and_what_only_one_heard_is_not_lost"),
        on="postgresql",
    ),
    Mutant(
        "hear-turn",
        "Two processes that listen to an account for the first time take turns.",
        "the lock of the channel",
        (
            Edit(
                HEARING,
                "        session.execute(select(Channel.id).where(Channel.id == access.channel_id)"
                ".with_for_update(key_share=True))\n",
                "",
            ),
        ),
        found_in(RACES, "two_processes_hear_an_account_for_the_first_time_and_each_remark_once"),
        on="postgresql",
    ),
)
