"""Turning approved reports into maps that cannot give a person away."""
