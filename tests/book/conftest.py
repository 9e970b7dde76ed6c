from pathlib import Path

from building import book  # noqa: F401  a fixture

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if HERE in item.path.parents and "book" in item.fixturenames:
            item.add_marker("session_wide")         # the build's processes are looked for by the build itself
