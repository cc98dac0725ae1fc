"""A resident's record as people read it: problems, allergies, medicines, results, doses, visits."""
