"""Azure ML's exceptions, and ours said as theirs.

AzureMLException
├── UserErrorException, ActivityFailedException, AuthenticationException, ComputeTargetException …
└── (each directly below it, as in the SDK)
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from designer.errors import DesignerError, MetricError, RunFailedError, RunStateError

if TYPE_CHECKING:
    from collections.abc import Callable


class AzureMLException(Exception):
    """Base of them all; `message` is the text."""

    def __init__(
        self, exception_message: str = "", inner_exception: BaseException | None = None, **kwargs: Any
    ) -> None:
        super().__init__(exception_message)
        self.message = self._exception_message = exception_message
        self.inner_exception = self._inner_exception = inner_exception

    def __str__(self) -> str:
        inner = f"\n\tInnerException {self.inner_exception}" if self.inner_exception is not None else ""
        return f"{type(self).__name__}:\n\tMessage: {self.message}{inner}"

    __repr__ = __str__


class UserErrorException(AzureMLException):
    """A call that asks for something wrong."""


class ActivityFailedException(AzureMLException):
    """A run that was waited for failed. `error_details` is its stored error."""

    def __init__(
        self, exception_message: str = "", inner_exception: BaseException | None = None, **kwargs: Any
    ) -> None:
        super().__init__(exception_message, inner_exception)
        self.error_details = kwargs.get("error_details")


class AuthenticationException(AzureMLException):
    """Never raised here: everything is local."""


class ComputeTargetException(AzureMLException):
    """No compute target has that name."""


class DiscoveryUrlNotFoundException(AzureMLException):
    """Never raised here."""


class ExperimentExecutionException(AzureMLException):
    """Waiting for a run was interrupted; the run goes on."""


class ModelNotFoundException(AzureMLException):
    """No model has that name, or its files are gone."""


class ModelPathNotFoundException(AzureMLException):
    """A run has no file at the path that a model should be registered from."""


class ProjectSystemException(AzureMLException):
    """Something of a workspace isn't there."""


class RunConfigurationException(AzureMLException):
    """A run configuration that can't be loaded or used."""


class RunEnvironmentException(AzureMLException):
    """A submitted run was asked for outside of one."""


class ServiceException(AzureMLException):
    """What Azure's service would refuse."""


class SnapshotException(AzureMLException):
    """A folder can't be kept with a run."""


class TrainingException(AzureMLException):
    """A sweep or estimator that can't do what was asked."""


class WebserviceException(AzureMLException):
    """No model or service like that; scripts catch it to find out."""


class WorkspaceException(AzureMLException):
    """A workspace that can't be had."""


class DatasetTimestampMissingError(AzureMLException):
    """A dataset has no timestamp column to filter by."""


class AzureMLAggregatedException(AzureMLException):
    """Several of them."""


class ParallelRunException(AzureMLException):
    """A batch step that can't go on."""


class DatasetExecutionError(AzureMLException):
    """A dataset's files can't be read."""


class DatasetValidationError(AzureMLException):
    """A dataset's definition is wrong."""


class HyperDriveNotImplementedException(AzureMLException):
    """A call that sweeps don't take."""


def said_as_theirs(default: type[AzureMLException] = UserErrorException) -> Callable[[Any], Any]:
    """Decorate a method so that designer's errors leave it as Azure ML's."""

    def decorate(method: Any) -> Any:
        @functools.wraps(method)
        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                return method(*args, **kwargs)
            except RunFailedError as error:
                raise ActivityFailedException(str(error), error_details=error.error) from error
            except MetricError as error:
                raise default(str(error)) from error
            except RunStateError as error:
                raise UserErrorException(str(error)) from error
            except DesignerError as error:
                raise AzureMLException(str(error)) from error

        return call

    return decorate
