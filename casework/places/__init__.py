"""Places: which one she means by what she types, in any script and spelling, and where a pin lies. Offline, from files."""
