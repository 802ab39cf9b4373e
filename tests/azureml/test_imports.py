"""`azureml` is importable without being installed, and says clearly what it hasn't got."""

from __future__ import annotations

import importlib
import sys

import pytest

from designer.azureml import loader, names


def test_every_name_of_the_table_is_there():
    for module, found in names.MODULES.items():
        loaded = importlib.import_module(module)
        for name in found:
            assert getattr(loaded, name) is not None, f"{module}.{name}"


def test_an_object_is_the_same_under_all_its_modules():
    from azureml.core import Run
    from azureml.core.run import Run as Again

    assert Run is Again


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("from azureml.core import Rum", "azureml.core.Rum is not offered by designer (near it: Run"),
        ("import azureml.train.automl", "azureml.train.automl is not offered by designer (automated machine learning"),
        ("from azureml.train.automl import AutoMLConfig", "azureml.train.automl is not offered"),
        ("from azureml.pipeline.steps import DatabricksStep", "it ran on Databricks"),
        ("import azureml.opendatasets", "azureml.opendatasets is not offered"),
    ],
)
def test_a_name_that_is_not_there_is_named(statement, named):
    with pytest.raises(ImportError, match=r".") as caught:
        exec(statement)
    assert named in str(caught.value)


def test_a_missing_attribute_is_named_with_what_is_near():
    import azureml.core

    with pytest.raises(AttributeError, match=r"azureml.core.Experimant .*near it: Experiment"):
        azureml.core.Experimant  # noqa: B018
    assert not hasattr(azureml.core, "Nothing")


def test_installing_twice_changes_nothing():
    loader.install()
    loader.install()
    assert sum(isinstance(finder, loader.Finder) for finder in sys.meta_path) == 1


def test_importing_run_brings_no_database_and_no_pandas(folder):
    from tests.azureml.conftest import python

    done = python(
        "-c",
        "import designer.azureml.install, sys; from azureml.core import Run; print([m for m in ('sqlalchemy', 'pandas', 'numpy', 'pydantic') if m in sys.modules])",
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_names_that_scripts_reach_for_behind_the_front_door_are_there():
    import azureml._restclient.snapshots_client
    from azureml.core.authentication import AuthenticationException
    from azureml.exceptions._azureml_exception import UserErrorException

    from designer.azureml import exceptions

    azureml._restclient.snapshots_client.SNAPSHOT_MAX_SIZE_BYTES = 2_000_000_000
    assert (AuthenticationException, UserErrorException) == (
        exceptions.AuthenticationException,
        exceptions.UserErrorException,
    )
