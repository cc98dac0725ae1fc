"""Reports: a document template whose every figure is an indicator at a period and a scope."""
