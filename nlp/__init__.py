"""Understanding what victims say: pure functions over text, spans out."""
