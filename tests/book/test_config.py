"""Jupyter Book says nothing about an option that it does not know, and then ignores it. These tests do."""

import copy
import json
from importlib.resources import files

import pytest
import yaml
from building import ROOT

CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text())


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    """All options that Sphinx and the book's extensions register, and all options of the theme."""
    from docutils.parsers.rst import directives, roles
    from jupyter_book.config import get_final_config
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    out = tmp_path_factory.mktemp("app")
    cli = {"latex_individualpages": False, "external_toc_path": "_toc.yml"}
    overrides, _ = get_final_config(user_yaml=ROOT / "_config.yml", cli_config=cli, sourcedir=ROOT / "book")
    with patch_docutils(None), docutils_namespace():
        app = Sphinx(ROOT / "book", None, out / "html", out / "doctrees", "html", confoverrides=overrides, status=None)
        return set(app.config.values) | {"extensions"}, set(app.builder.theme.get_options({}))


def jupyter_books() -> dict:
    """Jupyter Book's own options: its defaults joined with its schema, as nested dicts."""
    package = files("jupyter_book")
    defaults = yaml.safe_load(package.joinpath("default_config.yml").read_text())
    schema = json.loads(package.joinpath("config_schema.json").read_text())
    return _joined(defaults, _nested(schema))


def _nested(schema: dict) -> dict:
    return {key: _nested(value) for key, value in schema.get("properties", {}).items()}


def _joined(a, b):
    if not isinstance(a, dict) or not isinstance(b, dict):
        return a if isinstance(a, dict) else b
    return {key: _joined(a.get(key), b.get(key)) for key in {**a, **b}}


def unknown(config: dict, known_values: set, known_theme: set) -> list[str]:
    config = copy.deepcopy(config)
    values = config.get("sphinx", {}).pop("config", {})
    theme = values.get("html_theme_options", {})
    return [*_strangers(config, jupyter_books() | {"repository": {"url": {}, "path_to_book": {}, "branch": {}}}),
            *(f"sphinx.config.{key}" for key in values if key not in known_values),
            *(f"html_theme_options.{key}" for key in theme if key not in known_theme)]


def _strangers(given, allowed, path="") -> list[str]:
    if not isinstance(given, dict) or not isinstance(allowed, dict) or path.endswith("local_extensions."):
        return []
    return [stranger for key, value in given.items() for stranger in
            ([f"{path}{key}"] if key not in allowed else _strangers(value, allowed[key], f"{path}{key}."))]


def test_every_option_exists(known):
    assert unknown(CONFIG, *known) == []


@pytest.mark.parametrize(("path", "misspelt"), [
    ((), "only_build_toc_file"), (("execute",), "allow_error"), (("execute",), "raise_on_errors"),
    (("html",), "favicons"), (("parse",), "myst_enable_extension"), (("sphinx",), "extra_extension"),
    (("sphinx", "config"), "html_copy_sources"), (("sphinx", "config", "html_theme_options"), "use_download_buttons"),
])
def test_a_misspelt_option_is_found(known, path, misspelt):
    config = copy.deepcopy(CONFIG)
    place = config
    for key in path:
        place = place[key]
    place[misspelt] = "anything"
    assert [name.split(".")[-1] for name in unknown(config, *known)] == [misspelt]


def test_jupyter_books_own_schema_accepts_it():
    from jupyter_book.config import validate_yaml
    validate_yaml(CONFIG, raise_on_errors=True)


def test_a_failing_cell_fails_the_build():
    execute = CONFIG["execute"]
    assert execute["raise_on_error"] is True and execute["allow_errors"] is False
    assert execute["stderr_output"] == "error" and 0 < execute["timeout"] <= 120


def test_what_a_page_hides_is_not_published():
    assert CONFIG["sphinx"]["config"]["html_copy_source"] is False
