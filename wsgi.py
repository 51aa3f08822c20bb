"""The WSGI application, for any server: `granian --interface wsgi wsgi:app`."""

import gc
import logging
import os
import sys

from portal.assemble import START_REFUSED, assemble
from portal.log_lines import log_to_stderr
from portal.settings import Settings
from portal.web import create_app
from portal.web.metrics import serve_metrics

# Each line is JSON, and holds neither a token, nor a number, nor a whole address.
log_to_stderr()
# What the format does not ask for is not looked up for each line either.
logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
logging._srcfile = None  # nor the place in the code (the optimisations of Python's logging HOWTO)

try:
    _portal = assemble(Settings.from_environment(os.environ), serves=True)
    app = create_app(settings=_portal.settings, verifier=_portal.verifier, reader=_portal.reader, clock=_portal.clock)
    if port := _portal.settings.metrics_port:
        serve_metrics(app, _portal.settings.metrics_host, port)
except START_REFUSED as error:
    logging.getLogger("portal").critical("%s", error)
    sys.exit(1)
gc.freeze()  # what is loaded now stays: collections need not look through it while requests are served
