"""The people of one block: ages from the pyramid, then couples, parents and households around those ages."""
