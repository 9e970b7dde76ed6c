"""What this book adds to Jupyter Book: one small module for each thing."""

from . import again, claims, ebook, icons, languages, listing, offline, predict, reference, texts, versions, words


def setup(app):
    for part in (again, claims, ebook, icons, languages, listing, offline, predict, reference, texts, versions, words):
        part.setup(app)
    return {"version": "1", "env_version": 1, "parallel_read_safe": False, "parallel_write_safe": True}
