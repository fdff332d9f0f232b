"""`python -m referenda` is the same as the command `referenda`."""

from referenda.cli.app import main

if __name__ == "__main__":
    main()
