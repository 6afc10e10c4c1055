"""Make the environments of other systems below ``.venvs/``, once.

python -m benchmarks.systems.install autogluon flaml    # some minutes and 6 GB
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from benchmarks.common.arguments import make_parser
from benchmarks.common.paths import VENVS
from benchmarks.systems import autogluon, flaml

__all__ = ["main"]

_REQUIREMENTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "autogluon": autogluon.REQUIREMENTS,
    "flaml": flaml.REQUIREMENTS,
}


def main(argv: Sequence[str] | None = None) -> None:
    """Make environments anew, with the learners that a user would have."""
    parser = make_parser("benchmarks.systems.install", __doc__)
    parser.add_argument("names", nargs="+", choices=sorted(_REQUIREMENTS))
    for name in parser.parse_args(argv).names:
        folder = VENVS / name
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        install = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        for packages in _REQUIREMENTS[name]:
            subprocess.run([*install, *packages], check=True)


if __name__ == "__main__":
    main()
