"""What the docker command prints of containers, networks and events, made from the state.

Names and order of the fields are those of the Docker Engine API, version 1.41 (Docker 20.10).
"""
