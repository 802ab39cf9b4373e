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

# Which columns of a dataset are dates is beside its file, as CSV can't say it; they are read as POSIXct in UTC.
read_dataset <- function(name) {
  if (!file.exists(at(paste0(name, ".csv")))) return(NULL)
  rows <- read.csv(at(paste0(name, ".csv")), check.names = FALSE, na.strings = "", encoding = "UTF-8")
  for (place in scan(at(paste0(name, ".dates")), what = 0L, quiet = TRUE)) {
    rows[[place]] <- as.POSIXct(rows[[place]], tz = "UTC", format = "%Y-%m-%dT%H:%M:%OS")
  }
  rows
}
write_dataset <- function(value, name) {
  rows <- if (is.null(dim(value)) && !is.list(value)) data.frame(column = value) else as.data.frame(value, check.names = FALSE)
  dates <- which(vapply(rows, inherits, logical(1), what = c("Date", "POSIXt")))
  for (place in dates) rows[[place]] <- format(as.POSIXct(rows[[place]]), tz = "UTC", format = "%Y-%m-%dT%H:%M:%OS6")
  writeLines(as.character(dates), at(paste0("result_", name, ".dates")))
  write.csv(rows, at(paste0("result_", name, ".csv")), row.names = FALSE, na = "", fileEncoding = "UTF-8")
}
tryCatch({
  source(at("script.R"), local = FALSE, keep.source = TRUE)
  if (!exists("azureml_main")) stop("the script must define azureml_main <- function(dataframe1, dataframe2)", call. = FALSE)
  first <- read_dataset("dataset1")
  second <- read_dataset("dataset2")
  taken <- names(formals(azureml_main))
  count <- if ("..." %in% taken) 2 else min(2, length(taken))
  result <- if (count == 0) azureml_main() else if (count == 1) azureml_main(first) else azureml_main(first, second)
  if (!is.null(result) && !any(names(result) %in% c("dataset1", "dataset2"))) {
    stop("azureml_main must return list(dataset1 = ..., dataset2 = ...), but returned a ", class(result)[1], call. = FALSE)
  }
  for (name in intersect(names(result), c("dataset1", "dataset2"))) {
    if (!is.null(result[[name]])) write_dataset(result[[name]], name)
  }
}, error = function(e) {
  call <- paste(deparse(conditionCall(e)), collapse = " ")
  if (grepl("^azureml_main\\(", call)) call <- "azureml_main"
  if (grepl("^(NULL|doTryCatch|source\\()", call)) call <- ""
  writeLines(c(call, gsub(paste0(folder, "/"), "", conditionMessage(e), fixed = TRUE)), at("error.txt"))
  quit(status = 1)
})
