"""Being the scheduler: real processes, one step at a time, with undo."""

import pytest
from systems import buffer, dining, lost_update, peterson

from ipclab import errors
from ipclab.explore.stepping import Stepper


def test_the_reader_loses_an_update_and_takes_it_back():
    with Stepper(lost_update()) as stepper:
        assert stepper.now.may == ("a", "b")
        for process in "abab":
            stepper.step(process)
        assert stepper.now.over and stepper.now.wrong == "n is 1 after two increments"
        done = [(e.process, e.kind) for e in stepper.trace()]
        assert done == [("a", "load"), ("b", "load"), ("a", "store"), ("b", "store")]
        for _ in range(3):
            stepper.undo()
        assert stepper.schedule == ("a",)
        for process in "abb":
            now = stepper.step(process)
        assert now.over and now.wrong == ""


def test_who_would_wait_may_not_pass():
    with Stepper(dining(2)) as stepper:
        stepper.step("philosopher-0")
        stepper.step("philosopher-1")
        assert stepper.now.over and stepper.now.wrong.startswith("deadlock")
        with pytest.raises(errors.Misuse, match="would have to wait for P.* on fork-1; nobody may pass"):
            stepper.step("philosopher-0")
        assert stepper.undo().may == ("philosopher-0", "philosopher-1")


def test_undo_at_the_beginning_and_unknown_names():
    with Stepper(lost_update()) as stepper:
        assert stepper.undo().step == 0
        with pytest.raises(errors.Misuse, match="no such process; a, b may pass"):
            stepper.step("c")


def test_looking_ahead_says_what_is_known_and_no_more():
    with Stepper(buffer(1)) as stepper:
        assert str(stepper.ahead(0)) == "Whether it can still fail is not known yet: 0 states seen, and none where it " \
                                        "has failed."
        assert str(stepper.ahead()) == "From here no way fails: proved, at this size."
        with pytest.raises(errors.Misuse, match="No way from here is known to fail"):
            stepper.who_leads_to_failure()
    with Stepper(dining(2)) as stepper:
        for step, said in enumerate(("some ways fail, and some end well", "some ways fail, and some end well",
                                     "every way fails")):
            assert str(stepper.ahead()) == f"From here {said}." and stepper.now.step == step
            if not stepper.now.over:
                stepper.step(stepper.who_leads_to_failure())
    with Stepper(peterson()) as stepper:
        assert stepper.ahead().hindered == "a run can go on for more than 500 operations"
