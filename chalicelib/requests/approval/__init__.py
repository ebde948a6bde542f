"""Who must approve a change, and whether they have: rules as data, and pure functions over them."""
