"""What is true without any machine: words, rules and arithmetic; imports nothing that touches disk or wire."""
