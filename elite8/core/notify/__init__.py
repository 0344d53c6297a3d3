"""Send words to the operator; each module knows one way."""
