"""What users see: plain text and plain JSON values, made from topologies and layouts."""
