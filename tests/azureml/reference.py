"""The public names of Azure ML SDK v1 that scripts and notebooks use, with their parameters: what docs/azureml.md is generated from.

A line is `object: name(parameters) …`; a name without parentheses is an attribute or property.
"""

from __future__ import annotations

SECTIONS = {
    "Runs": """
azureml.core: Run Experiment Workspace RunConfiguration Environment ScriptRun Datastore ScriptRunConfig ComputeTarget ContainerRegistry Model Image Webservice Dataset Keyvault VERSION get_run(experiment,run_id,rehydrate,clean_up)
azureml.core.run: Run ScriptRun get_run _OfflineRun
azureml.core.Run: get_context(allow_offline,used_for_context_manager) get_submitted_run list(experiment,type,tags,properties,status,include_children) list_by_compute(compute,type,tags,properties,status) get(workspace,run_id) add_type_provider(runtype,run_factory)
azureml.core.Run: get_secret(name) get_secrets(secrets) submit_child(config,tags) id name type number parent status experiment tags properties display_name description
azureml.core.Run: wait_for_completion(show_output,wait_post_processing,raise_on_error) clean get_all_logs(destination) get_details get_details_with_logs get_status get_detailed_status get_environment
azureml.core.Run: get_children(recursive,tags,properties,type,status) get_metrics(name,recursive,run_type,populate) start complete(_set_status) fail(error_details,error_code,_set_status) cancel flush(timeout_seconds) __enter__ __exit__
azureml.core.Run: child_run(name,run_id,outputs) create_children(count,tag_key,tag_values) tag(key,value) set_tags(tags) get_tags remove_tags(tags) add_properties(properties) get_properties
azureml.core.Run: log(name,value,description,step) log_list(name,value,description) log_row(name,description) log_table(name,value,description) log_image(name,path,plot,description)
azureml.core.Run: log_confusion_matrix(name,value,description) log_accuracy_table(name,value,description) log_residuals(name,value,description) log_predictions(name,value,description)
azureml.core.Run: upload_file(name,path_or_stream,datastore_name) upload_files(names,paths,return_artifacts,timeout_seconds,datastore_name) upload_folder(name,path,datastore_name) get_file_names
azureml.core.Run: download_file(name,output_file_path,_validate_checksum) download_files(prefix,output_directory,output_paths,batch_size,append_prefix,timeout_seconds) take_snapshot(file_or_folder_path) restore_snapshot(snapshot_id,path) get_snapshot_id
azureml.core.Run: register_model(model_name,model_path,tags,properties,model_framework,model_framework_version,description,datasets,sample_input_dataset,sample_output_dataset,resource_configuration) get_portal_url get_docs_url _repr_html_
azureml.core.ScriptRun: RUN_TYPE
azureml.core.run._OfflineRun: id add_properties set_tags tag complete fail cancel log(name,value,description) log_list log_table log_row log_image log_residuals log_predictions log_accuracy_table log_confusion_matrix upload_folder upload_files upload_file child_run flush __enter__ __exit__
""",
    "Experiments": """
azureml.core.Experiment: submit(config,tags) start_logging get_runs(type,tags,properties,include_children) archive reactivate(new_name) refresh tag(key,value) set_tags(tags) remove_tags(tags)
azureml.core.Experiment: list(workspace,experiment_name,view_type,tags) delete(workspace,experiment_id) from_directory id archived_time tags get_portal_url get_docs_url
""",
    "Script runs and environments": """
azureml.core.ScriptRunConfig: __init__(source_directory,script,arguments,run_config,compute_target,environment,distributed_job_config,resume_from,max_run_duration_seconds,command,docker_runtime_config)
azureml.core.RunConfiguration: __init__(script,arguments,framework,communicator,conda_dependencies,command) target save(path,name,separate_environment_yaml) load(path,name) delete(path,name)
azureml.core.Environment: __init__(name) register(workspace) get(workspace,name,version,label) list(workspace) clone(new_name) build(workspace) build_local get_image_details from_conda_specification(name,file_path) from_pip_requirements(name,file_path,pip_version) from_existing_conda_environment(name,conda_environment_name)
azureml.core.Environment: from_docker_image from_dockerfile from_docker_build_context add_private_pip_wheel save_to_directory(path,overwrite) load_from_directory(path)
azureml.core.conda_dependencies.CondaDependencies: create(pip_indexurl,pip_packages,conda_packages,python_version,pin_sdk_version) add_pip_package add_conda_package add_channel set_python_version serialize_to_string save_to_file save as_dict
azureml.core.runconfig: DockerConfiguration MpiConfiguration PyTorchConfiguration TensorflowConfiguration DEFAULT_CPU_IMAGE DEFAULT_GPU_IMAGE RunConfiguration DataReferenceConfiguration
azureml.core.runconfig.DockerConfiguration: __init__(use_docker,shared_volumes,arguments,shm_size)
azureml.core.runconfig.MpiConfiguration: __init__(process_count_per_node,node_count)
azureml.core.runconfig.PyTorchConfiguration: __init__(communication_backend,process_count,node_count)
azureml.core.runconfig.TensorflowConfiguration: __init__(worker_count,parameter_server_count)
azureml.train.estimator: Estimator
azureml.train.sklearn: SKLearn
azureml.train.dnn: PyTorch TensorFlow Chainer
""",
    "Workspace and compute": """
azureml.core.Workspace: from_config(path,auth) write_config(path,file_name) create(name,auth,subscription_id,resource_group,location,create_resource_group,sku,tags) get(name,auth,subscription_id,resource_group,location,cloud,id) list(subscription_id,auth,resource_group)
azureml.core.Workspace: name subscription_id resource_group tags compute_targets datastores datasets experiments environments models webservices images linked_services
azureml.core.Workspace: get_default_datastore set_default_datastore(name) get_default_keyvault get_default_compute_target(type) get_run(run_id) get_details get_mlflow_tracking_uri update delete
azureml.core.compute: ComputeTarget AmlCompute ComputeInstance RemoteCompute AksCompute
azureml.core.compute.AmlCompute: provisioning_configuration create(workspace,name,provisioning_configuration) wait_for_completion get_status list delete update
azureml.core.compute_target: ComputeTargetException
azureml.core.authentication: InteractiveLoginAuthentication ServicePrincipalAuthentication MsiAuthentication
azureml.core.authentication.InteractiveLoginAuthentication: get_authentication_header
azureml.core.Keyvault: set_secret get_secret get_secrets set_secrets list_secrets delete_secret
azureml.core.Webservice: list deploy_configuration deploy_from_model
""",
    "Models": """
azureml.core.Model: __init__(workspace,name,id,tags,properties,version,run_id,model_framework,expand) register(workspace,model_path,model_name,tags,properties,description,datasets,model_framework,model_framework_version,child_paths,sample_input_dataset,sample_output_dataset,resource_configuration)
azureml.core.Model: list(workspace,name,tags,properties,run_id,latest,dataset_id,expand,page_count,model_framework) download(target_dir,exist_ok) get_model_path(model_name,version,_workspace) add_tags remove_tags add_properties update(tags,description) delete serialize run Framework deploy
""",
    "Data": """
azureml.core.Dataset: Tabular File get_by_name(workspace,name,version) get_by_id(workspace,id) get_all(workspace)
azureml.data.dataset_factory.TabularDatasetFactory: from_delimited_files(path,validate,include_path,infer_column_types,set_column_types,separator,header,partition_format,support_multi_line,empty_as_string,encoding) from_parquet_files from_json_lines_files from_sql_query register_pandas_dataframe(dataframe,target,name,description,tags,show_progress)
azureml.data.dataset_factory.FileDatasetFactory: from_files(path,validate,partition_format,is_file) upload_directory(src_dir,target,pattern,overwrite,show_progress)
azureml.data.TabularDataset: register(workspace,name,description,tags,create_new_version) id name version description tags as_named_input(name) to_pandas_dataframe(on_error,out_of_range_datetime) take skip take_sample(probability,seed) random_split(percentage,seed) keep_columns drop_columns filter to_csv_files to_parquet_files time_before time_after time_between time_recent with_timestamp_columns
azureml.data.FileDataset: to_path download(target_path,overwrite) mount(mount_point) as_mount(path_on_compute) as_download(path_on_compute) take skip random_split register as_named_input
azureml.data.dataset_consumption_config.DatasetConsumptionConfig: as_mount as_download
azureml.core.Datastore: __init__(workspace,name) get(workspace,datastore_name) get_default(workspace) upload(src_dir,target_path,overwrite,show_progress) upload_files(files,relative_root,target_path,overwrite,show_progress) download(target_path,prefix,overwrite) path
azureml.data.data_reference.DataReference: as_mount as_download as_upload
azureml.data: OutputFileDatasetConfig
azureml.data.OutputFileDatasetConfig: __init__(name,destination,source,partition_format) as_input(name) as_upload(overwrite,source_globs) as_mount register_on_complete(name,description,tags) read_delimited_files read_parquet_files
""",
    "Pipelines": """
azureml.pipeline.core.Pipeline: __init__(workspace,steps,description,default_datastore,default_source_directory,resolve_closure) graph validate submit(experiment_name,pipeline_parameters,continue_on_step_failure,regenerate_outputs,parent_run_id,credential_passthrough) publish(name,description,version,continue_on_step_failure) load_yaml(workspace,filename) service_endpoint
azureml.pipeline.core.PipelineData: __init__(name,datastore,output_name,output_mode,output_path_on_compute,output_overwrite,data_type,is_directory,pipeline_output_name,training_output) as_dataset as_mount as_download as_input get_env_variable_name
azureml.pipeline.core.PipelineParameter: __init__(name,default_value)
azureml.pipeline.core: StepSequence PublishedPipeline PipelineEndpoint PipelineDraft Schedule ScheduleRecurrence Module ModuleVersion PipelineRun StepRun TrainingOutput
azureml.pipeline.steps.PythonScriptStep: __init__(script_name,name,arguments,compute_target,runconfig,runconfig_pipeline_params,inputs,outputs,params,source_directory,allow_reuse,version,hash_paths) run_after(step)
azureml.pipeline.steps.CommandStep: __init__(command,name,compute_target,runconfig,runconfig_pipeline_params,inputs,outputs,params,source_directory,allow_reuse,version)
azureml.pipeline.steps.ModuleStep: __init__(module,version,inputs_map,outputs_map)
azureml.pipeline.steps.HyperDriveStep: __init__(name,hyperdrive_config,estimator_entry_script_arguments,inputs,outputs,metrics_output,allow_reuse,version)
azureml.pipeline.steps.ParallelRunStep: __init__(name,parallel_run_config,inputs,output,side_inputs,arguments,allow_reuse)
azureml.pipeline.steps.ParallelRunConfig: __init__(environment,entry_script,error_threshold,output_action,compute_target,node_count)
azureml.pipeline.steps: EstimatorStep MpiStep RScriptStep DataTransferStep AdlaStep AutoMLStep AzureBatchStep DatabricksStep KustoStep SynapseSparkStep
azureml.pipeline.core.PipelineRun: get_steps get_children find_step_run(name) get_graph get_pipeline_output wait_for_completion(show_output,timeout_seconds,raise_on_error) cancel publish_pipeline(name,description,version,continue_on_step_failure) save(path) get(workspace,run_id) get_pipeline_runs(workspace,pipeline_id) get_status complete fail child_run
azureml.pipeline.core.StepRun: pipeline_run_id get_outputs get_output(name) get_output_data(name) get_job_log get_stdout_log get_stderr_log get_details_with_logs wait_for_completion(show_output) get_status complete fail child_run
azureml.pipeline.core.PortDataReference: download(local_path,overwrite,show_progress)
azureml.pipeline.core.graph: Graph Node Edge ModuleDef InputPortDef OutputPortDef ParamDef
azureml.pipeline.core.graph.Graph: nodes module_nodes
""",
    "Sweeps": """
azureml.train.hyperdrive.HyperDriveConfig: __init__(hyperparameter_sampling,primary_metric_name,primary_metric_goal,max_total_runs,max_concurrent_runs,max_duration_minutes,policy,estimator,run_config,resume_from,resume_child_runs,pipeline,debug_flag,custom_run_id)
azureml.train.hyperdrive: HyperDriveRunConfig PrimaryMetricGoal NoTerminationPolicy choice randint(upper) uniform(min_value,max_value) quniform(min_value,max_value,q) loguniform(min_value,max_value) qloguniform(min_value,max_value,q) normal(mu,sigma) qnormal(mu,sigma,q) lognormal(mu,sigma) qlognormal(mu,sigma,q)
azureml.train.hyperdrive.RandomParameterSampling: __init__(parameter_space,properties)
azureml.train.hyperdrive.GridParameterSampling: __init__(parameter_space)
azureml.train.hyperdrive.BayesianParameterSampling: __init__(parameter_space)
azureml.train.hyperdrive.BanditPolicy: __init__(evaluation_interval,slack_factor,slack_amount,delay_evaluation)
azureml.train.hyperdrive.MedianStoppingPolicy: __init__(evaluation_interval,delay_evaluation)
azureml.train.hyperdrive.TruncationSelectionPolicy: __init__(truncation_percentage,evaluation_interval,delay_evaluation)
azureml.train.hyperdrive.HyperDriveRun: get_best_run_by_primary_metric(include_failed,include_canceled,include_resume_from_runs) get_children_sorted_by_primary_metric(top,reverse,discard_no_metric) get_hyperparameters get_metrics cancel get_diagnostics fail
""",
    "The notebook widget": """
azureml.widgets.RunDetails: show(render_lib,widget_settings) get_widget_data(widget_settings)
""",
    "Exceptions": """
azureml.exceptions: AzureMLException UserErrorException ActivityFailedException AuthenticationException ComputeTargetException DiscoveryUrlNotFoundException ExperimentExecutionException ModelNotFoundException ModelPathNotFoundException ProjectSystemException RunConfigurationException RunEnvironmentException ServiceException SnapshotException TrainingException WebserviceException WorkspaceException DatasetTimestampMissingError AzureMLAggregatedException ParallelRunException
""",
}  # fmt: skip

CORE = ("Runs", "Experiments", "Script runs and environments", "Pipelines", "Sweeps", "The notebook widget")

FIXED = {
    "azureml.core.Model.deploy": "served by a process of this machine, for as long as the program that deployed it lives",
    "azureml.core.Run.get_context": "outside of a job a real run of this machine, with `parent`, instead of one that only prints",
    "azureml.core.Run.log": "64-bit numbers of numpy are numbers, not their text; a string column takes no limit",
    "azureml.core.Run.log_list": "an empty list logs nothing instead of crashing; 64-bit elements are taken; no limit of 250",
    "azureml.core.Run.log_table": "an empty table logs nothing instead of crashing; arrays are columns; no limit of 15 columns",
    "azureml.core.Run.log_row": "rows may have different columns: absent cells are None instead of an error on reading",
    "azureml.core.Run.log_image": "two images of one name in one second are both kept; SVG and WebP are images; plotly and altair figures, too",
    "azureml.core.Run.get_metrics": "what was logged is there when `log` returns, for every process",
    "azureml.core.Run.flush": "nothing is ever waiting",
    "azureml.core.Run.upload_folder": "a slash at the path's end doesn't glue names together",
    "azureml.core.Run.register_model": "a script's own ./outputs is found before the script has ended",
    "azureml.core.Run.get_all_logs": "one log, `user_logs/std_log.txt`, and the files in ./logs",
    "azureml.core.Run.get_portal_url": "the run's page of `designer ui`",
    "azureml.core.Experiment.start_logging": "the working folder's snapshot is kept by itself only where it is small (500 files, 20 MB)",
    "azureml.core.Experiment.delete": "archives: no script removes runs",
    "azureml.core.Workspace.from_config": "without a config.json it is the local workspace",
    "azureml.core.Workspace.get_mlflow_tracking_uri": "in a script the run itself; in a notebook a folder in the store, whose runs `get_runs` gives",
    "azureml.core.Environment.__init__": "packages that are installed already need no environment of their own; others get a virtual environment, built once",
    "azureml.core.ScriptRunConfig.__init__": "`distributed_job_config` and Docker settings are taken note of: one process, on this machine",
    "azureml.core.Environment.build": "builds the virtual environment; there are no images",
    "azureml.core.Environment.get_image_details": "says that there is no image",
    "azureml.data.dataset_factory.FileDatasetFactory.from_files": "paths of this machine are taken",
    "azureml.pipeline.core.Pipeline.submit": "runs on this machine; steps without a common input run at once",
    "azureml.pipeline.core.PipelineData.__init__": "kept by content in the store; the datastore is a name only",
    "azureml.pipeline.steps.PythonScriptStep.__init__": "reuse follows the content of datasets' files, not their definition; metrics come along with a reused step",
    "azureml.pipeline.core.StepRun.get_stderr_log": "both outputs are one",
    "azureml.pipeline.steps.MpiStep": "one process",
    "azureml.pipeline.core.Schedule": "is kept, and warns that nothing here runs by itself",
    "azureml.train.hyperdrive.HyperDriveConfig.__init__": "a trial of `pipeline=` is a run that hands on what its pipeline's run logs",
    "azureml.widgets.RunDetails.show": "through anywidget, as HTML and as text; no extension to install",
    "azureml.core.run._OfflineRun.log": "as in the SDK where `DESIGNER_AZUREML_OFFLINE=print`; by default a real run takes its place",
}  # fmt: skip

REFUSED = {
    "azureml.core.Experiment.from_directory": "deprecated in the SDK for years: it read projects of its first version",
    "azureml.data.dataset_factory.TabularDatasetFactory.from_sql_query": "datasets are files here; `pandas.read_sql` reads databases",
    "azureml.core.Webservice.deploy_from_model": "designer builds no images; `Model.deploy` with an `InferenceConfig` serves a model",
    "azureml.core.Workspace.delete": "a store is not deleted by a script",
    "azureml.pipeline.steps.AdlaStep": "it ran on Azure Data Lake Analytics",
    "azureml.pipeline.steps.AutoMLStep": "automated machine learning ran in Azure's service",
    "azureml.pipeline.steps.AzureBatchStep": "it ran on Azure Batch",
    "azureml.pipeline.steps.DatabricksStep": "it ran on Databricks",
    "azureml.pipeline.steps.KustoStep": "it ran on Azure Data Explorer",
    "azureml.pipeline.steps.SynapseSparkStep": "it ran on Synapse",
    "azureml.train.hyperdrive.HyperDriveRun.get_diagnostics": "as in the SDK: not for sweeps",
    "azureml.train.hyperdrive.HyperDriveRun.fail": "as in the SDK: not for sweeps",
}
