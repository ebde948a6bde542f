"""One module per thing that this product depends on; each offers its checks as `checks(parts)`."""
