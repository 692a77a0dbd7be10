"""The model of the lessons: the numbers that are committed are those that the training gives, in both forms."""

import hashlib
import time
from typing import Any

import numpy as np
import onnxruntime
import pytest

from learn.lab.digits import ARTIFACTS, CARD, SAMPLES, load_model
from learn.upkeep import train_digits

VERSIONS = [one["number"] for one in CARD["versions"]]
NEAR = 1e-5  # ONNX Runtime counts with 32 bits, Python with 64
SAME = 1e-3  # of a weight: another machine's linear algebra adds in another order

pytestmark = pytest.mark.reads("learn/lab/artifacts/")


@pytest.fixture(scope="module")
def held_out() -> tuple[Any, Any]:
    _, _, pixels, labels = train_digits.data()
    assert len(pixels) == CARD["held_out"]
    return pixels, labels


def one_of(version: int) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in CARD["versions"] if one["number"] == version)
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_both_forms_agree_on_every_held_out_digit(version: int, held_out: tuple[Any, Any]) -> None:
    pixels, _ = held_out
    session = onnxruntime.InferenceSession((ARTIFACTS / one_of(version)["onnx"]["file"]).read_bytes())
    labels, probabilities = session.run(None, {"pixels": pixels.astype(np.float32)})
    model = load_model("digits-mlp", version)
    found = np.array([model.predict(picture.tolist()) for picture in pixels])
    assert found.argmax(axis=1).tolist() == labels.tolist()
    assert np.abs(found - probabilities).max() < NEAR
    assert np.allclose(found.sum(axis=1), 1)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_version_is_as_good_as_its_card_says(version: int, held_out: tuple[Any, Any]) -> None:
    model = load_model("digits-mlp", version)
    right = [model.rank(picture.tolist())[0][0] == str(label) for picture, label in zip(*held_out, strict=True)]
    assert round(sum(right) / len(right), 4) == model.accuracy == one_of(version)["accuracy"]


def test_the_second_version_is_better() -> None:
    first, second = (load_model("digits-mlp", version).accuracy for version in (1, 2))
    assert first < 0.9 < 0.95 < second


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("form", ["weights", "onnx"])
def test_an_artifact_has_the_digest_on_the_card(version: int, form: str) -> None:
    about = one_of(version)[form]
    content = (ARTIFACTS / about["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == about["sha256"]
    assert len(content) < 24_000


@pytest.mark.parametrize("version", VERSIONS)
def test_training_again_gives_the_same_weights(version: int) -> None:
    network, model = train_digits.train(version), load_model("digits-mlp", version)
    for layer, weights, biases in zip((model.hidden, model.output), network.coefs_, network.intercepts_, strict=True):
        assert np.abs(np.array(layer.weights) - weights.T).max() < SAME
        assert np.abs(np.array(layer.biases) - biases).max() < SAME


def test_the_samples_are_held_out_and_some_are_hard(held_out: tuple[Any, Any]) -> None:
    pictures = {tuple(picture): str(label) for picture, label in zip(*(one.tolist() for one in held_out), strict=True)}
    assert [sample.number for sample in SAMPLES] == list(range(1, 21))
    assert {pictures[tuple(sample.pixels)] for sample in SAMPLES} == set("0123456789")
    assert all(pictures[tuple(sample.pixels)] == sample.label for sample in SAMPLES)
    wrong = {
        version: [
            sample.number
            for sample in SAMPLES
            if load_model("digits-mlp", version).rank(sample.pixels)[0][0] != sample.label
        ]
        for version in VERSIONS
    }
    assert wrong == {1: [3, 7, 14], 2: [14]}
    assert all(len(line) == 16 for sample in SAMPLES for line in sample.picture)


def test_a_prediction_takes_about_a_millisecond_at_most() -> None:
    model = load_model("digits-mlp", 1)
    times = []
    for sample in SAMPLES:
        started = time.perf_counter()
        model.predict(sample.pixels)
        times.append(time.perf_counter() - started)
    assert min(times) < 0.005


def test_only_pictures_of_64_pixels_are_predicted() -> None:
    with pytest.raises(ValueError, match="shorter"):
        load_model("digits-mlp", 1).predict([0.0] * 63)


def test_an_unknown_model_is_named_with_those_that_there_are() -> None:
    with pytest.raises(LookupError, match="digits-mlp 1, digits-mlp 2"):
        load_model("digits-mlp", 3)
