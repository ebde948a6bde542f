"""Where people and groups come from: one module each, found by this folder, named by the configuration."""
