"""Other people's servers and the floor, run beside ours in the same minutes."""
