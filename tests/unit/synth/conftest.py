"""One city for all tests of this folder: it is never changed."""

import pytest

from kangcheng.synth import city

RESIDENTS, SEED = 20_000, 7


@pytest.fixture(scope="session")
def town():
    return city.make(RESIDENTS, SEED)
