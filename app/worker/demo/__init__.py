"""The demonstration: made up from end to end, the same every time, and labelled so."""
