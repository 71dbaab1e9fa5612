"""Names: Docker's embedded DNS server at 127.0.0.11, as one process for all of a host's
containers. `service` is what the rest of nsnet uses; everything else runs in that process."""
