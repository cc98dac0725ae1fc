"""Reviews: a rule over rows raises findings; samples, replies, verdicts, notices."""
