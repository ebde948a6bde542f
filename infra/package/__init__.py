"""What `make package` is made of. Everything but `interpreter` and `archive` is pure: documents in, documents out."""
