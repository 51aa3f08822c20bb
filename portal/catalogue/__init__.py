"""The licence types as data (catalogue.json), and what follows from them: fields, numbers, identifiers."""
