"""From one shift to the next: the draft that the data writes, two signatures, and what carries over."""
