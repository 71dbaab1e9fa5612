"""Walks for people and programs: text, data for JSON, SVG. Predicted and traced ones look alike."""
