"""Reading what people type: one folding, then options, yes and no, dates."""
