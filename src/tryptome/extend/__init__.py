"""Stage extend: what a user's own evidence and genomes add to the knowledge base."""
