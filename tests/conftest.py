"""What all tests share: how hypothesis searches. `HYPOTHESIS_PROFILE=thorough` looks longer for an exception to a law."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# No deadline and no health check of speed: a busy machine is no reason to fail.
settings.register_profile("quick", max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
