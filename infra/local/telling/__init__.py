"""What people would be told outside of this laptop: a small Slack of our own, and the mail that was not sent."""
