"""Trains both versions of `digits-mlp`, and writes what `learn/lab/artifacts/` holds of them.

    python -m learn.upkeep.train_digits

Both are a network of 64, 32 and 10 neurons on scikit-learn's digits. Version 1 has seen a tenth of the pictures that
version 2 has, so it is worse on purpose. The weights are rounded, and what is measured, written as JSON and written as
ONNX are the rounded ones. On one machine the same seed gives the same bytes; on another, the last digit of a weight may
differ, as its linear algebra adds in another order.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from learn.course.files import ROOT, write_whole

ARTIFACTS = ROOT / "learn" / "lab" / "artifacts"
SEED = 1797
HELD_OUT = 360  # pictures that no version is trained on
SHARES = {1: 0.1, 2: 1.0}  # version: the part of the other pictures that it is trained on
PLACES = 5  # after the decimal point of each weight
SAMPLES = 20


def main() -> None:
    """Train, and write the artifacts."""
    versions = [_version(number) for number in SHARES]
    card = {
        "name": "digits-mlp",
        "task": "image-classification",
        "description": "Reads a handwritten digit in a picture of 8 by 8 pixels, from 0 for paper to 16 for ink.",
        "data": "scikit-learn's digits: the test part of Optical Recognition of Handwritten Digits, by E. Alpaydin and "
        "C. Kaynak, UCI Machine Learning Repository, https://doi.org/10.24432/C50P49, CC BY 4.0",
        "labels": list("0123456789"),
        "seed": SEED,
        "held_out": HELD_OUT,
        "versions": versions,
    }
    _write_json("digits-mlp.json", card)
    _write_json("digits-samples.json", _samples())


def data() -> tuple[Any, Any, Any, Any]:
    """The digits: pixels and labels to train on, pixels and labels that are held out."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    digits = load_digits()
    parts = train_test_split(digits.data, digits.target, test_size=HELD_OUT, random_state=SEED, stratify=digits.target)
    train_x, test_x, train_y, test_y = parts
    return train_x, train_y, test_x, test_y


def train(number: int) -> Any:
    """Version `number`, trained, with rounded weights, for pixels from 0 to 16."""
    import numpy as np
    from sklearn.neural_network import MLPClassifier

    pixels, labels, _, _ = data()
    seen = round(len(pixels) * SHARES[number])
    network = MLPClassifier(hidden_layer_sizes=(32,), random_state=SEED, max_iter=3000, alpha=0.01)
    network.fit(pixels[:seen] / 16, labels[:seen])
    network.coefs_[0] = network.coefs_[0] / 16  # from here on it takes pixels as they are
    for numbers in (network.coefs_, network.intercepts_):
        numbers[:] = [np.round(array, PLACES) + 0.0 for array in numbers]  # and no -0.0
    return network


def _version(number: int) -> dict[str, Any]:
    network = train(number)
    _, _, pixels, labels = data()
    layers = [
        {"weights": weights.T.tolist(), "biases": biases.tolist()}
        for weights, biases in zip(network.coefs_, network.intercepts_, strict=True)
    ]
    name = f"digits-mlp-{number}"
    weights = _write_json(f"{name}.json", {"layers": layers})
    onnx = _write(f"{name}.onnx", _onnx(network, name))
    return {
        "number": number,
        "accuracy": round(float((network.predict(pixels) == labels).mean()), 4),
        "trained_on": round(len(data()[0]) * SHARES[number]),
        "weights": weights,
        "onnx": onnx,
    }


def _onnx(network: Any, name: str) -> bytes:
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType

    model = convert_sklearn(
        network,
        name=name,
        initial_types=[("pixels", FloatTensorType([None, 64]))],
        options={"zipmap": False},
        target_opset=17,
    )
    content: bytes = model.SerializeToString(deterministic=True)
    return content


def _samples() -> list[dict[str, Any]]:
    """Two of each digit, and among them some that a version gets wrong."""
    _, _, pixels, labels = data()
    networks = [train(number) for number in SHARES]
    wrong = [index for index in range(HELD_OUT) if any(_misses(one, pixels[index], labels[index]) for one in networks)]
    both = [index for index in wrong if all(_misses(one, pixels[index], labels[index]) for one in networks)]
    hard = [*[index for index in wrong if index not in both][:2], *both[:1]]
    chosen: list[int] = []
    for digit in range(10):
        right = [index for index in range(HELD_OUT) if labels[index] == digit and index not in wrong]
        chosen += right[: SAMPLES // 10 - sum(labels[index] == digit for index in hard)]
    chosen.sort()  # held-out pictures come in random order, and so do these
    for place, index in zip((2, 6, 13), hard, strict=True):  # but the first two are easy
        chosen.insert(place, index)
    return [
        {"number": number, "label": str(labels[index]), "pixels": [int(pixel) for pixel in pixels[index]]}
        for number, index in enumerate(chosen, start=1)
    ]


def _misses(network: Any, pixels: Any, label: int) -> bool:
    return bool(network.predict([pixels])[0] != label)


def _write_json(name: str, content: Any) -> dict[str, str]:
    """Write `content` so that a list of numbers or words is one line."""
    text = json.dumps(content, indent=1, ensure_ascii=False)
    text = re.sub(r"\[[^][{}]*\]", lambda found: json.dumps(json.loads(found[0]), separators=(",", ":")), text)
    return _write(name, (text + "\n").encode())


def _write(name: str, content: bytes) -> dict[str, str]:
    write_whole(Path(ARTIFACTS, name), content)
    return {"file": name, "sha256": hashlib.sha256(content).hexdigest()}


if __name__ == "__main__":
    main()
