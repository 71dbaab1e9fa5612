"""What Docker's options say, as values of the model. Pure: no kernel, no file, no terminal."""
