"""What all tests share.

Properties are judged by what they find, not by how long a busy machine takes for it. And Ctrl-C works for the
commands that are tried, also where the tests run in the background of a shell, which makes what it starts deaf to it.
"""

from __future__ import annotations

import signal

from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
