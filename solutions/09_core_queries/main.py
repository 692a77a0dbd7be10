"""Lesson 9: Queries that answer questions."""

from fastapi import FastAPI

app = FastAPI()
