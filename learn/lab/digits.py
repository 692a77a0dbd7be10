"""`digits-mlp`, the model that Lantern serves: which digit is in a picture of 8 by 8 pixels?

    model = load_model("digits-mlp", version=1)
    probabilities = model.predict(SAMPLES[0].pixels)  # of "0", "1", … "9"

It is a small neural network, in plain Python: no package is needed to run it, in a terminal or in a page. The numbers
in `artifacts/` were learned by `python -m learn.upkeep.train_digits`; beside them lie the same numbers as ONNX.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

ARTIFACTS = files("learn.lab") / "artifacts"
SHADES = " .:-=+*#@"  # from no ink to most


def _read(name: str) -> Any:
    return json.loads((ARTIFACTS / name).read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Sample:
    """A picture that no version of the model was trained on, and the digit that its writer meant."""

    number: int
    label: str
    pixels: list[int]  # row by row, from 0 for paper to 16 for ink

    @property
    def picture(self) -> list[str]:
        """The picture in eight lines of text, two characters for each pixel."""
        shades = [SHADES[pixel // 2] * 2 for pixel in self.pixels]
        return ["".join(shades[start : start + 8]) for start in range(0, 64, 8)]


@dataclass(frozen=True)
class Layer:
    """Neurons that all see the same inputs. Each has a weight for each input, and a bias."""

    weights: list[list[float]]
    biases: list[float]

    def sums(self, inputs: Sequence[float]) -> list[float]:
        """For each neuron, its bias and its weighted inputs."""
        return [
            bias + sum(weight * value for weight, value in zip(weights, inputs, strict=True))
            for weights, bias in zip(self.weights, self.biases, strict=True)
        ]


@dataclass(frozen=True)
class DigitsModel:
    """One version of the model, loaded."""

    name: str
    version: int
    accuracy: float  # on the held-out pictures
    labels: list[str]
    hidden: Layer  # 32 neurons, which see 64 pixels
    output: Layer  # 10 neurons, one for each label, which see the 32

    def predict(self, pixels: Sequence[float]) -> list[float]:
        """The probability of each label, in the order of `labels`.

        Raises:
            ValueError: these are not 64 numbers.
        """
        seen = [max(0.0, value) for value in self.hidden.sums(pixels)]  # nothing below zero: this is "ReLU"
        scores = self.output.sums(seen)
        powers = [math.exp(score - max(scores)) for score in scores]
        return [power / sum(powers) for power in powers]  # all positive, one in all: this is "softmax"

    def rank(self, pixels: Sequence[float]) -> list[tuple[str, float]]:
        """Each label with its probability, rounded, the most probable first."""
        probabilities = (round(probability, 4) for probability in self.predict(pixels))
        return sorted(zip(self.labels, probabilities, strict=True), key=lambda pair: -pair[1])


def load_model(name: str, version: int) -> DigitsModel:
    """Read a version of a model from its file.

    Raises:
        LookupError: there is no such model, or no such version of it.
    """
    found = {(CARD["name"], one["number"]): one for one in CARD["versions"]}
    if (name, version) not in found:
        known = ", ".join(f"{name} {number}" for name, number in found)
        raise LookupError(f"There is no version {version} of {name!r}; there are: {known}")
    one = found[name, version]
    content = _read(one["weights"]["file"])
    hidden, output = (Layer(layer["weights"], layer["biases"]) for layer in content["layers"])
    return DigitsModel(name, version, one["accuracy"], CARD["labels"], hidden, output)


CARD: dict[str, Any] = _read("digits-mlp.json")  # what is known of the model: its versions, their accuracy, digests
SAMPLES = [Sample(**sample) for sample in _read("digits-samples.json")]
