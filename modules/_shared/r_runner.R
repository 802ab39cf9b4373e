# Calls a user's azureml_main with the datasets that were left as CSV files, and leaves the results as CSV files.
# Elsewhere: what calls this (modules/r_language/execute_r_script.py).

folder <- commandArgs(trailingOnly = TRUE)[1]
seed <- commandArgs(trailingOnly = TRUE)[2]
at <- function(name) file.path(folder, name)
if (seed != "none") set.seed(as.integer(seed))

# What scripts written for the Designer call on their run.
get_current_run <- function(...) "run"
log_metric_to_run <- function(name, value, run = NULL) {
  text <- if (is.numeric(value)) format(value, digits = 17) else as.character(value)
  kind <- if (is.numeric(value)) "number" else if (is.logical(value)) "truth" else "text"
  line <- data.frame(name = name, kind = kind, value = text)
  new <- !file.exists(at("metrics.csv"))
  write.table(line, at("metrics.csv"), append = !new, col.names = new, row.names = FALSE, sep = ",", qmethod = "double")
}
upload_files_to_run <- function(names, paths, run = NULL) {
  for (i in seq_along(names)) {
    target <- at(file.path("files", names[i]))
    dir.create(dirname(target), recursive = TRUE, showWarnings = FALSE)
    file.copy(paths[i], target, overwrite = TRUE)
  }
}

read_dataset <- function(name) if (file.exists(at(name))) read.csv(at(name), check.names = FALSE) else NULL
result <- tryCatch({
  source(at("script.R"), local = FALSE, keep.source = TRUE)
  azureml_main(read_dataset("dataset1.csv"), read_dataset("dataset2.csv"))
}, error = function(e) {
  writeLines(c(conditionMessage(e), paste(deparse(conditionCall(e)), collapse = " ")), at("error.txt"))
  quit(status = 1)
})
for (name in c("dataset1", "dataset2")) {
  if (!is.null(result[[name]])) {
    write.csv(as.data.frame(result[[name]]), at(paste0("result_", name, ".csv")), row.names = FALSE, na = "")
  }
}
