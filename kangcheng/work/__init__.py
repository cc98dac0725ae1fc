"""Registers, checklists, processes, reviews, templates, tasks, notices: what an office keeps, scores and passes on."""
