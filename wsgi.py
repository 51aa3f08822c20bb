"""The WSGI application, for any server: `granian --interface wsgi wsgi:app`."""

import gc
import os

from portal.assemble import assemble
from portal.settings import Settings
from portal.web import create_app

_portal = assemble(Settings.from_environment(os.environ))
app = create_app(settings=_portal.settings, verifier=_portal.verifier, reader=_portal.reader, clock=_portal.clock)
gc.freeze()  # what is loaded now stays: collections need not look through it while requests are served
