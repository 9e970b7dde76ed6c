"""The build with our configuration, on books of one page: what is wrong fails it, and names the page."""

import shutil

import pytest
from building import ROOT, build

PAGE = """---
kernelspec: {display_name: Python 3, language: python, name: python3}
jupytext: {text_representation: {extension: .md, format_name: myst}}
---

# Tiny

[Two and two are four.]{.claim #sum}

:::{predict}
How much?
:::

```{code-cell}
from ipclab.claims import claim

found = 2 + 2
print("the answer is", found)
```

```{code-cell}
:tags: [remove-cell]
claim("sum", found == 4, found=found)
```

:::{because}
That is arithmetic.
:::

```{claims}
```
"""


@pytest.fixture
def tiny(tmp_path):
    """A book whose only page says `text`; call it again to change the page and build on."""
    source = tmp_path / "book"
    source.mkdir()
    for part in ("_ext", "_static", "_templates"):
        shutil.copytree(ROOT / "book" / part, source / part)
    (source / "programs").mkdir()
    (source / "_toc.yml").write_text("format: jb-book\nroot: tiny\n")

    def made(text):
        (source / "tiny.md").write_text(text)
        return build(source, tmp_path)

    return made


def page_of(built):
    return (built.html / "tiny.html").read_text()


def test_a_right_claim_passes_and_is_listed(tiny):
    built = tiny(PAGE)
    assert built.status == 0, built.said
    page = page_of(built)
    assert "Checked when this page was built: found = 4" in page        # the tick beside the sentence
    assert '<span id="claim-sum">Two and two are four.</span>' in page  # the index
    assert page.index("How much?") < page.index("<details") < page.index("the answer is 4") < page.index("arithmetic")
    assert 'claim("sum"' not in page.replace("&quot;", '"')
    assert built.left == ()


def test_a_wrong_claim_fails_the_build_and_names_the_page(tiny):
    built = tiny(PAGE.replace("found == 4", "found == 5"))
    assert built.status != 0
    assert "tiny.md" in built.said and "The claim 'sum' does not hold: found = 4." in built.said
    assert built.left == ()


@pytest.mark.slow
def test_what_is_wrong_with_the_text_fails_it_again_and_again(tiny, tmp_path):
    (tmp_path / "book/programs/long.py").write_text("x = 1\n" * 41)
    wrong = PAGE.replace(".claim #sum", ".claim #total").replace(":::{because}\nThat is arithmetic.\n:::",
                                                                 "```{listing} long.py\n```")
    for _ in range(2):                      # the second build finds nothing new to read, and must not pass
        built = tiny(wrong)
        assert built.status != 0
        assert "tiny: the claim 'total' is not asserted by any cell of its page" in built.said
        assert "tiny: a cell asserts the claim 'sum', but no sentence of the page makes it" in built.said
        assert "a predict question without its `because`" in built.said
        assert "long.py is larger than 40 lines of 78 columns" in built.said


def test_a_cell_that_writes_to_standard_error_fails_it(tiny):
    built = tiny(PAGE.replace("found = 2 + 2", "import sys; found = 4; print('surprise', file=sys.stderr)"))
    assert built.status != 0 and "tiny.md" in built.said
