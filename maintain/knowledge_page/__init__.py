"""A page of the knowledge base that people search and browse: one file, offline."""
