"""The clerk's review desk: a page on this machine that turns the draft into a correct record."""
