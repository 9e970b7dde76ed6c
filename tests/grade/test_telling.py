"""The sentences for students end with one full stop, whatever the error that they quote ends with."""

import pytest

from ipclab.grade import telling
from ipclab.grade.story import Interleavings


class Meeting(Interleavings):
    section = "semaphores"
    raised = "look at line 3"


@pytest.mark.parametrize("error", ["ValueError: too few", "Removed: P on semaphore 's': removed. Was it too early?",
                                   "WouldBlock: P_nowait on semaphore 's' would have to wait."])
@pytest.mark.parametrize("say", [
    lambda error: telling.at_rest("t", Meeting(), {"how": "raised", "line": 3, "detail": error, "phase": "running"}, {}).sentence,
    lambda error: telling.raised_in(Meeting(), "ann", 3, error)[1],
    lambda error: telling.no_plan("t", Meeting(), error).sentence,
    lambda error: telling.not_explored("t", Meeting(), error).sentence,
    lambda error: telling.differs(Meeting(), error, "ann")[1]],
    ids=["at rest", "raised", "no plan", "not explored", "differs"])
def test_a_sentence_ends_once(say, error):
    said = say(error)
    assert said.endswith((".", "?")) and not said.endswith(("..", "?."))
    assert ".:" not in said and error.rstrip(".") in said
