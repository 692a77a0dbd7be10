"""What a measurement says that cannot be made here."""


class CannotMeasure(Exception):
    """Something that is needed is missing; the message says what."""
