"""What the embedded AWS lacks: one file for each API, put before moto."""
