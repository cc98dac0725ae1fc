"""How many claims the settlement service takes: durable, with everything that the counter has on."""
