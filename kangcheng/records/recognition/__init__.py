"""Mutual recognition: a test that another institution did lately is not done again without a reason."""
