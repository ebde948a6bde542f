"""What Acme, a made-up company, adds to ConsoleMe. The hooks are in `plugin`; the modules beside it know nothing of hooks."""
