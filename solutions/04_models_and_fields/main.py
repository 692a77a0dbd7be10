"""Lesson 4: Models and fields."""
from fastapi import FastAPI

app = FastAPI()
