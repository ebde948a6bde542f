"""Lambda's entry point for HTTP, and what Chalice reads to package everything: mounts every blueprint, decides nothing."""

from chalice.app import Chalice

from chalicelib import api, tasks
from chalicelib.observability import quiet_libraries
from chalicelib.wire.mount import mount

app = Chalice(app_name="consoleme", configure_logs=False)
quiet_libraries()
mount(app, api, tasks)
