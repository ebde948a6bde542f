"""Telling people about requests: what a message shows, whom it goes to, and that it goes to each channel once."""
