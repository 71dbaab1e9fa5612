"""What holds for all commands, and stands in no command's help: variables, files, exit codes."""

from __future__ import annotations

Pairs = tuple[tuple[str, str], ...]

VARIABLES: Pairs = (
    ("NSNET_SANDBOX=NAME", "As --sandbox=NAME with every command."),
    ("NSNET_CONFIG=FILE", "The settings, instead of /etc/nsnet/config.toml."),
    ("NSNET_DATA=DIR", "Where the progress in the exercises is kept."),
    ("NSNET_LABS=DIR", "A library of exercises, instead of nsnet's own."),
    ("NO_COLOR=1", "No colours."),
    ("LANG", "The language of the exercises: English or Korean."),
)

FILES: Pairs = (
    ("/run/nsnet/", "What is known of networks and containers; gone with the next boot."),
    ("$XDG_RUNTIME_DIR/nsnet/", "The same for an ordinary user's sandboxes."),
    ("/etc/nsnet/config.toml", "Settings for the machine, if it is there."),
    ("~/.local/share/nsnet/", "Progress in the exercises ($XDG_DATA_HOME counts)."),
)

CODES: Pairs = (
    ("0", "It is done, or it arrives."),
    ("1", "It is not: the error says why. Also: it does not arrive, or diff found a difference."),
    ("2", "Not understood: a file, a topology that cannot be, an option, a place or address."),
    ("3", "It could not be found out: the exercise not checked, the packet not sent."),
    ("4", "A right, a program or a feature of the kernel is missing."),
    ("5", "There is no such thing."),
    ("125", "As with Docker: the command line is wrong, or a container could not be started."),
    ("126, 127", "The command in the container could not be run, or was not found."),
    ("130", "Interrupted."),
)
