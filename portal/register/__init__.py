"""The register of licences: its tables, reading them to serve, and taking bundles whole or not at all."""
