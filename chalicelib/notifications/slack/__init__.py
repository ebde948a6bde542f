"""Slack: what comes from it is verified and read here, what goes to it is written here."""
