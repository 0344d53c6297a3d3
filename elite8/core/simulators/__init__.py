"""The networks' side: stateful, strict, able to misbehave."""
