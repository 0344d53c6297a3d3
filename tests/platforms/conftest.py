"""What fails in the contract says why."""

import pytest

pytest.register_assert_rewrite("tests.platforms.contract")
