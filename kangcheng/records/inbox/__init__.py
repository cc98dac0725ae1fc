"""What other systems send, read and mapped to resources as a pack says. Pure: keeping messages is `gateway.inbox`."""
