"""The engines that answer questions: `memory` is the slow oracle, `duck` the one that serves."""
