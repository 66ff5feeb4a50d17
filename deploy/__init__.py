"""What starts, checks and ships Heard; nothing here is imported by the product."""
