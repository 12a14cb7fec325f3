"""Many cores in virtual time, and DAGs drawn by hand: how the rules are shown, and how they are attacked."""
