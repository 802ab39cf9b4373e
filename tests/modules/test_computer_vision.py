"""Computer Vision and the wide & deep recommender: with PyTorch they learn, without it they name the command."""

from __future__ import annotations

import importlib.util
import sys
import zipfile

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from designer import MissingExtraError
from modules._learners.wide_and_deep import Shape, Side
from modules._shared import errors, formats
from modules._shared.image_transforms import ImageTransformation
from modules._shared.images import ImageDirectory, _read, _write, gathered
from modules._shared.networks import UntrainedNetwork
from modules._shared.networks import _read as read_network
from modules._shared.networks import _write as write_network
from modules.computer_vision.apply_image_transformation import apply_image_transformation
from modules.computer_vision.convert_to_image_directory import convert_to_image_directory
from modules.computer_vision.densenet import densenet
from modules.computer_vision.init_image_transformation import init_image_transformation
from modules.computer_vision.resnet import resnet
from modules.computer_vision.split_image_directory import split_image_directory
from modules.machine_learning_algorithms.regression.linear_regression import linear_regression
from modules.model_scoring_evaluation.evaluate_model import evaluate_model
from modules.model_scoring_evaluation.score_image_model import score_image_model
from modules.model_training.train_pytorch_model import train_pytorch_model
from modules.recommendation.evaluate_recommender import evaluate_recommender
from modules.recommendation.score_wide_and_deep_recommender import score_wide_and_deep_recommender
from modules.recommendation.train_wide_and_deep_recommender import train_wide_and_deep_recommender

HAS_TORCH = importlib.util.find_spec("torchvision") is not None
needs_torch = pytest.mark.skipif(not HAS_TORCH, reason="PyTorch is an extra that is not installed here")


@pytest.fixture
def folder(tmp_path):
    """Twelve red and twelve blue squares with some noise, one folder a colour."""
    draw = np.random.default_rng(0)
    for name, channel in (("red", 0), ("blue", 2)):
        (tmp_path / "images" / name).mkdir(parents=True)
        for number in range(12):
            pixels = draw.integers(0, 60, (32, 32, 3), dtype=np.uint8)
            pixels[:, :, channel] += 180
            Image.fromarray(pixels).save(tmp_path / "images" / name / f"{number:02}.png")
    (tmp_path / "images" / "notes.txt").write_text("no image")
    return tmp_path / "images"


@pytest.fixture
def images(folder):
    return convert_to_image_directory(folder)


def test_a_folder_or_zip_becomes_an_image_directory(folder, tmp_path, run):
    images = convert_to_image_directory(folder)
    assert images.classes == ["blue", "red"]
    assert len(images.images) == 24
    with zipfile.ZipFile(tmp_path / "images.zip", "w") as archive:
        for path in folder.rglob("*.png"):
            archive.write(path, path.relative_to(folder))
    assert convert_to_image_directory(tmp_path / "images.zip").images == images.images
    assert run.get_metrics()["images"] == [24, 24]


def test_images_are_kept_with_their_transformation(images, tmp_path):
    changed = images.with_transformation(ImageTransformation(resize=16), random=True)
    assert _write(changed, tmp_path / "kept")["images"] == 24
    again = _read(tmp_path / "kept")
    assert (again.images, again.transformation, again.random) == (images.images, ImageTransformation(resize=16), True)
    _write(again, tmp_path / "twice")
    assert _read(tmp_path / "twice").classes == ["blue", "red"]


def test_images_are_split_class_by_class(images, run):
    first, second = split_image_directory(images, fraction=0.75)
    assert [len(one.images) for one in (first, second)] == [18, 6]
    assert first.classes == second.classes == ["blue", "red"]
    assert sorted([*first.images, *second.images]) == images.images
    logged = run.get_metrics()
    assert (logged["images_1"], logged["images_2"]) == (18, 6)


def test_folders_without_images_are_told(tmp_path):
    with pytest.raises(errors.BadFile, match="no image"):
        convert_to_image_directory(tmp_path)
    (tmp_path / "broken.png").write_bytes(b"no image")
    with pytest.raises(errors.BadFile, match=r"broken\.png"):
        convert_to_image_directory(tmp_path)
    with pytest.raises(errors.BadFile, match="neither a folder nor a zip"):
        convert_to_image_directory(tmp_path / "broken.png")
    with pytest.raises(errors.TooFewRows):
        split_image_directory(gathered(tmp_path, []))
    with pytest.raises(errors.TooFewRows):
        apply_image_transformation(init_image_transformation(), gathered(tmp_path, []))


def test_a_transformation_has_the_chosen_steps(images, tmp_path):
    steps = init_image_transformation(
        resize=True, size=20, random_horizontal_flip=True, random_rotation=True, rotation_degrees=5
    )
    assert steps == ImageTransformation(resize=20, random_horizontal_flip=True, random_rotation=5)
    formats.write(steps, tmp_path / "steps")
    assert formats.read(tmp_path / "steps") == steps
    applied = apply_image_transformation(steps, images, mode="For inference")
    assert (applied.transformation, applied.random) == (steps, False)


def test_without_pytorch_each_module_names_the_command(images, monkeypatch):
    for name in ("torch", "torchvision"):
        monkeypatch.setitem(sys.modules, name, None)  # which is how Python says that there is none
    ratings = pd.DataFrame({"u": [1], "i": [1], "r": [1.0]})
    for call in (
        densenet,
        resnet,
        lambda: train_pytorch_model(UntrainedNetwork("resnet18", "ResNet"), images, images),
        lambda: train_wide_and_deep_recommender(ratings),
    ):
        with pytest.raises(MissingExtraError, match=r"pip install 'designer\[torch\]'"):
            call()


@needs_torch
def test_steps_give_tensors_of_the_chosen_size(images):
    from PIL.Image import open as opened

    path = images.path / images.images[0]
    for settings, size in (
        ({"resize": True, "size": 20}, 20),
        ({"center_crop": True, "crop_size": 12}, 12),
        ({"pad": True, "padding": 2}, 36),
        ({"random_crop": True, "random_crop_size": 10}, 10),
        ({"random_resized_crop": True, "random_resized_crop_size": 14}, 14),
    ):
        for random in (True, False):
            with opened(path) as image:
                tensor = init_image_transformation(**settings).build(random)(image.convert("RGB"))
            assert tuple(tensor.shape) == (3, size, size)
    everything = init_image_transformation(
        color_jitter=True, grayscale=True, random_horizontal_flip=True, random_vertical_flip=True, random_rotation=True,
        rotation_degrees=9, random_affine=True, affine_degrees=9, random_grayscale=True, random_perspective=True,
    )  # fmt: skip
    with opened(path) as image:
        assert everything.build(True)(image.convert("RGB")).shape == (3, 32, 32)


@needs_torch
def test_a_network_learns_colours_is_kept_and_scores(images, run, tmp_path):
    train, valid = split_image_directory(images, fraction=0.75)
    steps = init_image_transformation(resize=True, size=32, random_horizontal_flip=True)
    network = train_pytorch_model(
        resnet(name="resnet18", pretrained=False),
        apply_image_transformation(steps, train),
        apply_image_transformation(steps, valid, mode="For inference"),
        epochs=6,
        batch_size=6,
        learning_rate=0.001,
        warmup=2,
        patience=6,
    )
    logged = run.get_metrics()
    for name in (
        "learning rate", "Train images per second", "Train loss", "Train error", "Valid loss", "Top-1 validation accuracy",
        "Top-5 validation accuracy",
    ):  # fmt: skip
        assert len(logged[name]) == 6
    assert logged["learning rate"][-1] == 0.001
    assert logged["Train loss"][-1] < logged["Train loss"][0]
    write_network(network, tmp_path / "network")
    scored = score_image_model(
        read_network(tmp_path / "network"), apply_image_transformation(steps, valid, mode="For inference")
    )
    assert (scored["Scored Labels"] == scored["Category"]).all()
    assert scored.filter(like="Probabilities").sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-5)
    assert evaluate_model(scored).loc[0, "Overall_Accuracy"] == 1.0


@needs_torch
def test_training_stops_when_validation_no_longer_improves(images, run, capsys):
    train_pytorch_model(
        resnet(name="resnet18", pretrained=False), images, images, epochs=20, learning_rate=1e-9, patience=1
    )
    assert len(run.get_metrics()["Valid loss"]) < 20
    assert "has not improved" in capsys.readouterr().out


@needs_torch
def test_a_densenet_has_as_many_outputs_as_classes():
    network = densenet(name="densenet121", pretrained=False, memory_efficient=True).build(5)
    assert network.classifier.out_features == 5


@needs_torch
def test_images_that_do_not_fit_are_told(images, tmp_path):
    recipe = resnet(name="resnet18", pretrained=False)
    one_class = gathered(images.path, [path for path in images.images if path.parent.name == "red"])
    with pytest.raises(errors.OneClassLabel):
        train_pytorch_model(recipe, one_class, images)
    with pytest.raises(errors.TooFewRows):
        train_pytorch_model(recipe, images, gathered(images.path, []))
    with pytest.raises(errors.UntrainedModelGiven):
        score_image_model(recipe, images)
    other = ImageDirectory(tmp_path / "other")
    (tmp_path / "other" / "green").mkdir(parents=True)
    Image.new("RGB", (32, 32)).save(tmp_path / "other" / "green" / "1.png")
    with pytest.raises(errors.MismatchedColumns, match="green"):
        train_pytorch_model(recipe, images, other, epochs=1)
    Image.new("RGB", (50, 50)).save(images.path / "red" / "larger.png")
    with pytest.raises(errors.BadFile, match="different sizes"):
        train_pytorch_model(recipe, images, images, epochs=1, batch_size=64)


@pytest.fixture
def ratings() -> pd.DataFrame:
    """Young users like the even items, old users the odd ones."""
    draw = np.random.default_rng(0)
    users, items = np.repeat(np.arange(40), 12), np.tile(np.arange(12), 40)
    stars = np.where((users < 20) == (items % 2 == 0), 4.5, 1.5) + draw.normal(0, 0.2, 480)
    return pd.DataFrame({"user": users, "item": items, "stars": stars.clip(1, 5)})


USERS = pd.DataFrame({"user": range(40), "age": [20] * 20 + [70] * 20, "town": ["a", "b"] * 20})
ITEMS = pd.DataFrame({"item": range(12), "kind": ["even", "odd"] * 6})


@needs_torch
def test_wide_and_deep_learns_tastes_and_is_kept(ratings, run, tmp_path):
    train = ratings.sample(frac=0.7, random_state=0)
    test = ratings.drop(train.index)
    model = train_wide_and_deep_recommender(
        train, USERS, ITEMS, epochs=15, dropout=0.1, deep_rate=0.05, hidden_units="32,16"
    )
    losses = run.get_metrics()["Train loss"]
    assert losses[-1] < losses[0]
    formats.write(model, tmp_path / "model")
    again = formats.read(tmp_path / "model")
    scored = score_wide_and_deep_recommender(again, test, kind="Rating prediction")
    assert evaluate_recommender(test, scored).loc[0, "RMSE"] < 0.7
    best = score_wide_and_deep_recommender(
        again, pd.DataFrame({"user": [1, 30]}), selection="From all items", most_items=3
    )
    assert all(best.loc[0, f"Recommended Item {place}"] % 2 == 0 for place in (1, 2, 3))
    assert all(best.loc[1, f"Recommended Item {place}"] % 2 == 1 for place in (1, 2, 3))
    turned = USERS.assign(age=USERS["age"].to_numpy()[::-1])
    other = score_wide_and_deep_recommender(again, test, None, turned, kind="Rating prediction")
    assert not np.allclose(other["Scored Rating"], scored["Scored Rating"])


@needs_torch
def test_users_and_items_never_seen_get_a_rating_too(ratings):
    model = train_wide_and_deep_recommender(ratings, epochs=1, hidden_units="8")
    new = pd.DataFrame({"user": [999, 1], "item": [1, 999]})
    assert score_wide_and_deep_recommender(model, new, kind="Rating prediction")["Scored Rating"].between(1, 5).all()


@needs_torch
def test_features_without_a_column_and_hidden_units_that_are_no_numbers_are_told(ratings):
    with pytest.raises(errors.TooFewColumns, match="user features"):
        train_wide_and_deep_recommender(ratings, USERS[["user"]])
    with pytest.raises(errors.BadExpression, match="whole numbers"):
        train_wide_and_deep_recommender(ratings, hidden_units="many")


def test_scoring_with_another_model_is_told(ratings):
    with pytest.raises(errors.UnfitModel, match="wide & deep"):
        score_wide_and_deep_recommender(linear_regression(), ratings)


def test_ids_have_places_and_features_are_scaled_and_coded():
    side = Side.of(pd.Series([3, 5, 3]), pd.DataFrame({"id": [5, 3], "age": [20.0, 40.0], "town": ["x", None]}))
    assert side.positions(pd.Series([5, 9, 3])).tolist() == [2, 0, 1]
    assert side.numbers[:, 0].tolist() == [1.0, -1.0]
    assert side.codes[:, 0].tolist() == [0, 1]
    assert Shape().hidden == (256, 128)
