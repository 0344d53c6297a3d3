"""Where a performer stands: a painted scene, and what drifts through its air."""

from random import Random

from elite8.core.domain.look import Backdrop
