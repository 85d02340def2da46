"""What tests of all packages share."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def embedded_folder() -> Path:
    """Give the folder of the embedded model, fetched into the user's cache where it is not there yet."""
    from gristmill.embedded import embedded_folder

    return embedded_folder()
