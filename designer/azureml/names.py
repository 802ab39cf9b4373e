"""The table of Azure ML's names: module -> name -> where ours lies, below designer.azureml. And why some names are refused."""

from __future__ import annotations

_RUN = {
    "Run": "runs.run:Run", "get_run": "runs.run:get_run", "_OfflineRun": "runs.offline:_OfflineRun",
    "_SubmittedRun": "runs.run:_SubmittedRun",
}  # fmt: skip
_SCRIPT_RUN = {"ScriptRun": "runs.run:ScriptRun"}
_CONFIG = {
    "ScriptRunConfig": "config.script_config:ScriptRunConfig",
    "get_run_config_from_script_run": "config.script_config:get_run_config_from_script_run",
}
_SECTIONS = (
    "DockerConfiguration MpiConfiguration PyTorchConfiguration TensorflowConfiguration ParallelTaskConfiguration "
    "HistoryConfiguration AmlComputeConfiguration ContainerRegistry DataReferenceConfiguration SparkConfiguration Data "
    "DEFAULT_CPU_IMAGE DEFAULT_GPU_IMAGE DEFAULT_MMLSPARK_CPU_IMAGE DEFAULT_MMLSPARK_GPU_IMAGE MPI_CPU_IMAGE MPI_GPU_IMAGE"
)


def _all(module: str, names: str) -> dict[str, str]:
    return {name: f"{module}:{name}" for name in names.split()}


_RUNCONFIG = {
    **_all("config.run_config", "RunConfiguration"),
    **_all("config.sections", _SECTIONS),
    **_all("config.environment", "Environment"),
    "EnvironmentDefinition": "config.environment:Environment",
    "CondaDependencies": "config.conda:CondaDependencies",
}
_COMPUTE = _all(
    "compute",
    "ComputeTarget AmlCompute ComputeInstance RemoteCompute DsvmCompute AksCompute HDInsightCompute DatabricksCompute "
    "SynapseCompute KubernetesCompute BatchCompute",
)
_AUTH = _all(
    "auth",
    "AbstractAuthentication InteractiveLoginAuthentication ServicePrincipalAuthentication MsiAuthentication "
    "AzureCliAuthentication TokenAuthentication ArmTokenAuthentication",
)
_EXCEPTIONS = _all(
    "exceptions",
    "AzureMLException UserErrorException ActivityFailedException AuthenticationException ComputeTargetException "
    "DiscoveryUrlNotFoundException ExperimentExecutionException ModelNotFoundException ModelPathNotFoundException "
    "ProjectSystemException RunConfigurationException RunEnvironmentException ServiceException SnapshotException "
    "TrainingException WebserviceException WorkspaceException DatasetTimestampMissingError AzureMLAggregatedException "
    "ParallelRunException DatasetExecutionError DatasetValidationError",
)
_DATASETS = {
    "Dataset": "data.factory:Dataset", "TabularDataset": "data.dataset:TabularDataset", "FileDataset": "data.dataset:FileDataset",
    "TabularDatasetFactory": "data.factory:TabularDatasetFactory", "FileDatasetFactory": "data.factory:FileDatasetFactory",
    "DataType": "data.factory:DataType",
}  # fmt: skip
_OUTPUTS = _all(
    "data.output", "OutputFileDatasetConfig OutputDatasetConfig HDFSOutputDatasetConfig LinkFileOutputDatasetConfig"
)
_DATASTORE = {"Datastore": "data.datastore:Datastore"}
_MODEL = {"Model": "model:Model"}
_ENVIRONMENT = {
    **_all("config.environment", "Environment DockerBuildContext"),
    **_all("config.sections", "PythonSection DockerSection SparkSection RSection RCranPackage"),
}
_WEBSERVICE = _all(
    "webservice",
    "Webservice AciWebservice AksWebservice LocalWebservice AksEndpoint",
)
_STEPS = _all(
    "pipeline.steps",
    "PythonScriptStep CommandStep EstimatorStep ModuleStep DataTransferStep HyperDriveStep HyperDriveStepRun "
    "ParallelRunStep ParallelRunConfig MpiStep RScriptStep",
)
_PIPELINE_DATA = _all("pipeline.data", "PipelineData PipelineDataset TrainingOutput DatasetConsumptionConfig")
_GRAPH = {
    **_all("pipeline.data", "PipelineData PipelineDataset TrainingOutput"),
    **_all("pipeline.parameter", "PipelineParameter"),
    **_all("pipeline.graph", "Graph Node Edge ModuleDef InputPortDef OutputPortDef ParamDef InputPortBinding OutputPortBinding "
           "InputPort OutputPort Param"),
}  # fmt: skip
_PIPELINE_RUN = _all("pipeline.run", "PipelineRun StepRun StepRunOutput PortDataReference")
_PIPELINE = {
    "Pipeline": "pipeline.pipeline:Pipeline",
    **_all("pipeline.step", "PipelineStep StepSequence"),
    **_all("pipeline.published", "PublishedPipeline"),
    **_all("pipeline.endpoint", "PipelineEndpoint"),
    **_all("pipeline.draft", "PipelineDraft"),
    **_all("pipeline.schedule", "Schedule ScheduleRecurrence TimeZone"),
    **_all("pipeline.module", "Module ModuleVersion ModuleVersionDescriptor"),
}
_HYPERDRIVE = {
    **_all("sweep.space", "choice randint uniform quniform loguniform qloguniform normal qnormal lognormal qlognormal"),
    **_all("sweep.sampling", "RandomParameterSampling GridParameterSampling BayesianParameterSampling HyperParameterSampling"),
    **_all("sweep.policies", "BanditPolicy MedianStoppingPolicy TruncationSelectionPolicy NoTerminationPolicy EarlyTerminationPolicy"),
    **_all("sweep.config", "HyperDriveConfig HyperDriveRunConfig PrimaryMetricGoal"),
    **_all("sweep.run", "HyperDriveRun"),
    **_all("pipeline.steps", "HyperDriveStep HyperDriveStepRun"),
}  # fmt: skip
_ESTIMATORS = _all(
    "estimators", "Estimator MMLBaseEstimator SKLearn PyTorch TensorFlow Chainer Mpi Gloo Nccl ParameterServer Horovod"
)

MODULES: dict[str, dict[str, str]] = {
    "azureml": {},
    "azureml.core": {
        **_RUN, **_SCRIPT_RUN, **_CONFIG, **_DATASTORE, **_MODEL, **_all("workspace", "Workspace"),
        **_all("runs.experiment", "Experiment"), **_all("config.run_config", "RunConfiguration"),
        **_all("config.environment", "Environment"), **_all("config.sections", "ContainerRegistry"),
        **_all("compute", "ComputeTarget"), **_all("webservice", "Webservice Image"), "Dataset": "data.factory:Dataset",
        **_all("keyvault", "Keyvault"), "VERSION": "version:VERSION", "__version__": "version:VERSION",
    },
    "azureml.core.run": {**_RUN, **_SCRIPT_RUN},
    "azureml.core.experiment": _all("runs.experiment", "Experiment"),
    "azureml.core.workspace": _all("workspace", "Workspace"),
    "azureml.core.script_run": _SCRIPT_RUN,
    "azureml.core.script_run_config": {**_CONFIG, **_all("config.script_config", "ScriptRunInfo")},
    "azureml.core.runconfig": _RUNCONFIG,
    "azureml.core.conda_dependencies": _all("config.conda", "CondaDependencies PYTHON_PREFIX"),
    "azureml.core.environment": {**_ENVIRONMENT, "CondaDependencies": "config.conda:CondaDependencies"},
    "azureml.core.container_registry": _all("config.sections", "ContainerRegistry"),
    "azureml.core.resource_configuration": _all("config.sections", "ResourceConfiguration"),
    "azureml.core.compute": _COMPUTE,
    "azureml.core.compute.amlcompute": _all("compute", "AmlCompute"),
    "azureml.core.compute.computeinstance": _all("compute", "ComputeInstance"),
    "azureml.core.compute.compute": _all("compute", "ComputeTarget"),
    "azureml.core.compute.remote": _all("compute", "RemoteCompute"),
    "azureml.core.compute.aks": _all("compute", "AksCompute"),
    "azureml.core.compute_target": {**_COMPUTE, **_all("exceptions", "ComputeTargetException")},
    "azureml.core.authentication": {**_AUTH, **_all("exceptions", "AuthenticationException")},
    "azureml.core.keyvault": _all("keyvault", "Keyvault"),
    "azureml.core.model": {**_MODEL, **_all("webservice", "InferenceConfig")},
    "azureml.core.dataset": _DATASETS,
    "azureml.core.datastore": _DATASTORE,
    "azureml.core.image": _all("webservice", "Image ContainerImage InferenceConfig"),
    "azureml.core.webservice": _WEBSERVICE,
    "azureml.core.webservice.webservice": _WEBSERVICE,
    "azureml.core.profile": {},
    "azureml.core.util": {},
    "azureml.data": {**_DATASETS, **_OUTPUTS, **_all("data.consumption", "DatasetConsumptionConfig"),
                     "DataReference": "data.reference:DataReference", "DataPath": "data.reference:DataPath"},
    "azureml.data.abstract_dataset": _all("data.dataset", "AbstractDataset"),
    "azureml.data.tabular_dataset": _DATASETS,
    "azureml.data.file_dataset": _DATASETS,
    "azureml.data.dataset_factory": _DATASETS,
    "azureml.data.dataset_type_definitions": _all("data.types", "PromoteHeadersBehavior FileEncoding HistogramCompareMethod"),
    "azureml.data.constants": _all("data.types", "WORKSPACE_BLOB_DATASTORE WORKSPACE_FILE_DATASTORE"),
    "azureml.data.dataset_consumption_config": _all("data.consumption", "DatasetConsumptionConfig"),
    "azureml.data.dataset_error_handling": _all("exceptions", "DatasetExecutionError DatasetValidationError"),
    "azureml.data.output_dataset_config": _OUTPUTS,
    "azureml.data.data_reference": _all("data.reference", "DataReference"),
    "azureml.data.datapath": _all("data.reference", "DataPath DataPathComputeBinding"),
    "azureml.data.azure_storage_datastore": {**_DATASTORE, "AzureBlobDatastore": "data.datastore:Datastore",
                                             "AzureFileDatastore": "data.datastore:Datastore"},
    "azureml.data.abstract_datastore": {"AbstractDatastore": "data.datastore:Datastore"},
    "azureml.exceptions": _EXCEPTIONS,
    "azureml.exceptions._azureml_exception": _EXCEPTIONS,
    "azureml._common": {},
    "azureml._common.exceptions": _all("exceptions", "AzureMLException"),
    "azureml.core.exceptions": _EXCEPTIONS,
    "azureml.pipeline": {},
    "azureml.pipeline.core": {**_PIPELINE, **_PIPELINE_DATA, **_PIPELINE_RUN, **_GRAPH},
    "azureml.pipeline.core.pipeline": _all("pipeline.pipeline", "Pipeline"),
    "azureml.pipeline.core.graph": _GRAPH,
    "azureml.pipeline.core.builder": {**_PIPELINE, **_PIPELINE_DATA},
    "azureml.pipeline.core.run": _PIPELINE_RUN,
    "azureml.pipeline.core.module": _all("pipeline.module", "Module ModuleVersion"),
    "azureml.pipeline.core.schedule": _all("pipeline.schedule", "Schedule ScheduleRecurrence TimeZone"),
    "azureml.pipeline.core.pipeline_endpoint": _all("pipeline.endpoint", "PipelineEndpoint"),
    "azureml.pipeline.core.pipeline_draft": _all("pipeline.draft", "PipelineDraft"),
    "azureml.pipeline.core.pipeline_output_dataset": _all("pipeline.data", "PipelineDataset"),
    "azureml.pipeline.steps": _STEPS,
    "azureml.pipeline.steps.python_script_step": _STEPS,
    "azureml.pipeline.steps.hyper_drive_step": _STEPS,
    "azureml.pipeline.steps.parallel_run_step": _STEPS,
    "azureml.pipeline.steps.parallel_run_config": _STEPS,
    "azureml.contrib": {},
    "azureml.contrib.pipeline": {},
    "azureml.contrib.pipeline.steps": _STEPS,
    "azureml.train": {},
    "azureml.train.hyperdrive": _HYPERDRIVE,
    "azureml.train.hyperdrive.parameter_expressions": _HYPERDRIVE,
    "azureml.train.hyperdrive.run": _HYPERDRIVE,
    "azureml.train.hyperdrive.runconfig": _HYPERDRIVE,
    "azureml.train.hyperdrive.policy": _HYPERDRIVE,
    "azureml.train.hyperdrive.sampling": _HYPERDRIVE,
    "azureml.train.estimator": _ESTIMATORS,
    "azureml.train.sklearn": _ESTIMATORS,
    "azureml.train.dnn": _ESTIMATORS,
    "azureml.widgets": _all("widget.details", "RunDetails"),
    "azureml.telemetry": _all("telemetry", "set_diagnostics_collection get_diagnostics_collection"),
    "azureml._restclient": {},
    "azureml._restclient.snapshots_client": _all("telemetry", "SNAPSHOT_MAX_SIZE_BYTES"),
    "azureml._restclient.constants": _all("telemetry", "RunStatus"),
    "azureml.mlflow": _all("telemetry", "get_portal_url"),
    "azureml._model_management": {},
    "azureml._model_management._util": {},
}  # fmt: skip

_REFUSED = {
    "azureml.train.automl": "automated machine learning ran in Azure's service; the palette's Tune Model Hyperparameters sweeps here",
    "azureml.automl": "automated machine learning ran in Azure's service",
    "azureml.pipeline.steps.AutoMLStep": "automated machine learning ran in Azure's service",
    "azureml.pipeline.steps.AdlaStep": "it ran on Azure Data Lake Analytics; use a PythonScriptStep",
    "azureml.pipeline.steps.AzureBatchStep": "it ran on Azure Batch; use a CommandStep",
    "azureml.pipeline.steps.DatabricksStep": "it ran on Databricks; use a PythonScriptStep",
    "azureml.pipeline.steps.KustoStep": "it ran on Azure Data Explorer; use a PythonScriptStep",
    "azureml.pipeline.steps.SynapseSparkStep": "it ran on Synapse; use a PythonScriptStep",
    "azureml.opendatasets": "it fetched data from Azure; the palette's sample data, or Dataset.Tabular.from_delimited_files with an address",
    "azureml.dataprep": "use Dataset.Tabular, or pandas",
    "azureml.interpret": "use the package interpret-community directly",
    "azureml.explain": "use the package interpret-community directly",
    "azureml.contrib": "previews of Azure's service",
    "azureml.tensorboard": "run tensorboard --logdir on the run's downloaded logs",
    "azureml.datadrift": "it ran in Azure's service",
    "azureml.monitoring": "it ran in Azure's service",
}


def refusal(name: str) -> str | None:
    """Why a name isn't offered; None when nobody thought of it."""
    while name:
        if name in _REFUSED:
            return _REFUSED[name]
        name = name.rpartition(".")[0]
    return None
