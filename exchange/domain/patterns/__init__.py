"""One file per pattern of refoulement, each a value made of clauses."""
