"""What is shown of one resource: its record, who may use it, whom it lets in, and what it was before."""
