"""Why a packet arrives or does not: prediction, trace, diagnosis, and the whole picture."""
