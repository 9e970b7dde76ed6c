"""What a lab's notebook imports, as far as it needs no notebook."""

import pytest

from ipclab import errors
from ipclab.grade.verdict import Verdict
from ipclab.lab import _compared, predict


@pytest.mark.parametrize("guess", [{"goes_wrong_at": 3}, {"switches": 0}, {"comes_to": "stuck"}, {"steps": 4, "comes_to": "wrong"}], ids=str)
def test_a_guess_is_noted(capsys, guess):
    predict("till", **guess)
    assert capsys.readouterr().out.startswith(f"Noted: {' and '.join(map(str, guess.values()))}. Now run the check of “till”")


@pytest.mark.parametrize("guess, said", [
    ({"goes_wrong_at": -1}, "a whole number"), ({"switches": "two"}, "a whole number"), ({"steps": True}, "a whole number"),
    ({"comes_to": "bad"}, "one of: right, wrong, stuck"), ({"wins": 3}, "Predict one of: goes_wrong_at, switches"),
], ids=str)
def test_a_guess_that_is_none_is_refused(guess, said):
    with pytest.raises(errors.Misuse, match=said):
        predict("till", **guess)


def test_a_guess_is_compared_with_what_was_found():
    found = Verdict("till", "differs", "", instants=40, wrong=3, facts={"switches": 2, "harmful deaths": 1})
    assert _compared({"goes_wrong_at": 3}, found) == "You predicted 3; it went wrong at 3. Exactly!"
    assert _compared({"switches": 1, "comes_to": "wrong"}, found) == (
        "You predicted 1; it had this many switches: 2. You predicted wrong; it came to wrong. Exactly!")
    assert _compared({"harmful_deaths": 0}, found) == "You predicted 0; it had this many harmful deaths: 1."
    assert _compared({"steps": 3}, found) == ""
