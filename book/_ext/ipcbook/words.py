"""The book's own words outside its pages ("Predict, then look"), in the book's language: locales/…/ipcbook.po."""

from pathlib import Path

from sphinx.locale import get_translation
from sphinx.util.i18n import CatalogInfo

_ = get_translation("ipcbook")


def setup(app):
    folder = Path(app.srcdir, "locales")
    catalogue = CatalogInfo(str(folder / app.config.language / "LC_MESSAGES"), "ipcbook", "utf-8")
    if Path(catalogue.po_path).exists() and catalogue.is_outdated():
        catalogue.write_mo(app.config.language)
    app.add_message_catalog("ipcbook", str(folder))
