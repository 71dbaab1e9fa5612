"""What is written from the sources: man pages, completion scripts, the reference of the site."""
