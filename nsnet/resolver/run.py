"""The file that is run, by its path and with nothing of the user's environment (``-I -S``): our
package is three folders up."""

import os
import sys

if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    from nsnet.resolver.serve import main

    sys.exit(main(sys.argv[1:]))
