"""How the product itself is doing: every task, every account and type of resource, and running one now."""
