"""What all tests share: properties are judged by what they find, not by how long a busy machine takes for it."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")
