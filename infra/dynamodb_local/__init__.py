"""The repository suites on Amazon DynamoDB Local: `python -m infra.dynamodb_local [arguments of pytest]`."""
