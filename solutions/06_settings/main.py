"""Lesson 6: Settings."""
