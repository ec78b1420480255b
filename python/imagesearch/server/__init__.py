"""Your own TinEye: a server that speaks TinEye's and MatchEngine's protocols over local indexes.

    pip install libimagesearch[server]
    python -m imagesearch.server --index DIR

docs/server.md describes its protocols and how to run it. `create_app(Settings(…))` returns it as an ASGI application for a
server of your own; the indexes are opened in its lifespan, so that a server that forks its workers can be used.
"""

from .app import create_app
from .index import Index, Opener, Page
from .keys import Key, KeyFile, Scope
from .settings import Settings, SettingsError

__all__ = ["Index", "Key", "KeyFile", "Opener", "Page", "Scope", "Settings", "SettingsError", "create_app"]
