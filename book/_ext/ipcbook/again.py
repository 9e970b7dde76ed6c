"""A build that failed is not forgotten: the next one reads every page again.

Sphinx warns about a page only when it reads it, so without this a second build would pass where the first one failed.
"""

from contextlib import suppress
from pathlib import Path


def setup(app):
    app.connect("build-finished", _forget)


def _forget(app, exception):
    if exception is not None or app._warncount:
        with suppress(FileNotFoundError):
            Path(app.doctreedir, "environment.pickle").unlink()
