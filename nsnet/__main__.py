"""``python -m nsnet``: the same program as the ``nsnet`` command."""

import sys

from nsnet.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
