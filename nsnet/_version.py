"""The version, where the build, the CLI and the API all read it."""

__version__ = "0.1.0"
