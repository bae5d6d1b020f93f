"""The knowledge base: definitions, reference species, and evidence, read-only."""
