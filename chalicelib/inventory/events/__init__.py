"""What CloudTrail tells of changes and refusals, and what follows from it."""
