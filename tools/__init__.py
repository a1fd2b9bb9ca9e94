"""Programs of the makers: what prepares, trains, checks and installs."""
