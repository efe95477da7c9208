# Small figures that users feel: calls, loading, installing, memory.

rscript <- file.path(R.home("bin"), "Rscript")

# Of predict(), fit() and train_on_batch().
measure_calls <- function() {
  as.numeric(strsplit(system2(rscript, "bench/calls.R", stdout = TRUE), " ")[[1]])
}

measure_loading <- function(rounds = 5) {
  code <- "cat(sum(system.time(suppressMessages(library(kestrel)))[1:2]))"
  median(replicate(rounds, as.numeric(system2(rscript, c("-e", shQuote(code)), stdout = TRUE))))
}

# A tarball of the checkout without what is built, installed by one core.
measure_installing <- function(build) {
  folder <- file.path(normalizePath(build), "tarball")
  unlink(folder, recursive = TRUE)
  dir.create(file.path(folder, "library"), recursive = TRUE)
  r <- file.path(R.home("bin"), "R")
  in_folder <- function(...) {
    system(paste("cd", shQuote(folder), "&& MAKEFLAGS=-j1", r, "CMD", ..., ">log 2>&1"))
  }
  if (in_folder("build --no-build-vignettes", shQuote(getwd())) != 0) return(NULL)
  tarball <- list.files(folder, "[.]tar[.]gz$", full.names = TRUE)
  before <- proc.time()
  if (in_folder("INSTALL --library=library", shQuote(tarball)) != 0) return(NULL)
  passed <- proc.time() - before
  c(cpu = sum(passed[c("user.child", "sys.child")]), wall = passed[["elapsed"]],
    megabytes = file.size(tarball) / 2^20)
}

# MB: what R's matrix takes, what the engine's copy of it takes, and what fit() took in all.
measure_memory <- function(id, precision, has_torch, build) {
  w <- Find(function(w) w$id == id, all_workloads())
  w$precision <- precision
  numbers <- w$rows * w$widths[1] / 2^20
  taken <- as.numeric(system2(rscript, c("bench/memory.R", id, precision), stdout = TRUE))
  data.frame(
    id = id, what = w$what, precision = precision, matrix = 8 * numbers,
    copy = if (w$task == "fit") numbers * (if (precision == "float32") 4 else 8) else 0,
    taken = taken, torch = if (has_torch) python_memory("torch", w, build) else NA
  )
}
