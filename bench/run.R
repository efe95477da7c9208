# All benchmarks in one run. Usage: Rscript bench/run.R build-folder [quick]
# Writes tables (CSV) and plots into bench/results, and bench/README.md from its template.
suppressMessages(library(kestrel))
files <- c("timing", "workloads", "kestrel", "peers-r", "peers-python", "programs", "figures",
           "iris", "curves", "report")
for (file in files) source(file.path("bench", paste0(file, ".R")))

options(kestrel.threads = 1)
arguments <- commandArgs(TRUE)
quick <- "quick" %in% arguments
build <- file.path(arguments[1], "bench")
results <- if (quick) file.path(build, "results") else "bench/results"
dir.create(build, FALSE, TRUE)
.libPaths(c(file.path(build, "library"), .libPaths()))
dir.create(results, FALSE, TRUE)
rounds <- if (quick) 1 else 5
target <- if (quick) 0.05 else 0.2
cap <- if (quick) 1 else 5

began <- proc.time()[["elapsed"]]
say <- function(...) {
  cat(sprintf("%4.0f s  ", proc.time()[["elapsed"]] - began), ..., "\n", sep = "", file = stderr())
}
keep <- function(table, name) {
  write.csv(table, file.path(results, paste0(name, ".csv")), row.names = FALSE)
  invisible(table)
}

jobs_of <- function(w, workers) {
  data <- workload_data(w)
  jobs <- list(kestrel = kestrel_job(w, data))
  if (w$id == "founding") jobs$`kestrel, verbose = 2` <- kestrel_printing_job(w, data)
  c(jobs, lapply(workers, python_job, w), if (!quick || w$rows < 20) r_jobs(w, data))
}

run_workload <- function(w, workers) {
  say(w$id, " ", w$what, ", ", w$precision)
  jobs <- jobs_of(w, workers)
  epochs <- w$unit == 1 && w$task == "fit"
  least <- if (epochs && !quick) c(kestrel = default_epochs)
  times <- run_rounds(jobs, w$unit, rounds, target, cap, least)
  table <- summarise_rounds(times, "kestrel")
  table$one_epoch <- NA
  if (epochs) table$one_epoch[1] <- median(replicate(3, jobs$kestrel(1)[["cpu"]]))
  cbind(id = w$id, what = w$what, precision = w$precision, goal = w$goal, table,
        gflops = flops(w) * w$unit / table$seconds * 1e-9)
}

# By wall seconds: CPU seconds of threads add up.
run_threads <- function(precision, torch) {
  w <- large(precision)
  data <- workload_data(w)
  say("threads, ", precision)
  jobs <- list(`kestrel, 1` = kestrel_job(w, data), `kestrel, 2` = kestrel_job(w, data, threads = 2))
  workers <- if (torch) lapply(c(`PyTorch, 1` = 1, `PyTorch, 2` = 2), python_start, kind = "torch",
                               build = build)
  on.exit(lapply(workers, python_stop))
  least <- c(`kestrel, 1` = default_epochs, `kestrel, 2` = default_epochs)
  times <- run_rounds(c(jobs, lapply(workers, python_job, w)), 1, 3, target, 60, least)
  options(kestrel.threads = 1)
  cbind(precision = precision, summarise_rounds(times, "kestrel, 1", by = "wall"))
}

invisible(capture.output(info <- kestrel_info()))
kernels <- info$kernels
say("peak")
peaks <- measure_peaks(kernels, build)

has_torch <- python_has("torch")
workers <- list()
if (has_torch) workers$PyTorch <- python_start("torch", build)
if (python_has("sklearn")) workers$`scikit-learn` <- python_start("sklearn", build)

wanted <- all_workloads()
if (quick) wanted <- Filter(function(w) w$id != "W5" || w$precision == "float32", wanted)
main <- do.call(rbind, lapply(wanted, run_workload, workers))
main$of_peak <- main$gflops / vapply(main$precision, peak_of, 0, peaks = peaks)
keep(main, "workloads")
if (!quick) {
  say("curves")
  curves <- keep(run_curves(workers$PyTorch), "curves")
  for (name in unique(curves$curve)) plot_curve(curves, name, results)
}
invisible(lapply(workers, python_stop))

threads <- do.call(rbind, lapply(if (!quick) names(real_of), run_threads, has_torch))
if (!quick) plot_threads(keep(threads, "threads"), results)
say("W6 products")
gemm <- keep(run_gemm(if (quick) kernels[1] else kernels, if (quick) names(real_of)[1] else names(real_of),
                      rounds, build), "gemm")
say("W8 iris")
flowers <- keep(run_iris(if (quick) 1:2 else 1:10), "iris")
say("calls, loading, installing, memory")
calls <- measure_calls()
loading <- measure_loading()
installing <- if (quick) NULL else measure_installing(build)
memory_of <- list(c("W4", "float64"), c("W4", "float32"), c("W7", "float32"))
memory <- do.call(rbind, lapply(if (quick) memory_of[1] else memory_of, function(of) {
  measure_memory(of[1], of[2], has_torch, build)
}))
keep(memory, "memory")

# The peak once more, since clocks go up and down: the higher one stands.
again <- measure_peaks(kernels, build)
peaks$gflops <- pmax(peaks$gflops, again$gflops)
main$of_peak <- main$gflops / vapply(main$precision, peak_of, 0, peaks = peaks)
keep(peaks, "peaks")

stops <- nnet_iterations(nnet_fit(founding, founding$data, 1, TRUE))
report <- list(
  processor = processor_text(), versions = versions_text(has_torch, build),
  peaks = peaks_table(peaks), workloads = workloads_table(main), one_epoch = one_epoch_text(main),
  products = products_table(gemm, peaks), products_goal = products_goal(gemm, peaks),
  threads = if (quick) "Not in the quick run." else threads_table(threads), iris = iris_text(flowers), nnet_stops = stops,
  figures = figures_table(calls, loading, installing), memory = memory_table(memory)
)
text <- fill_template("bench/README.template.md", report)
writeLines(text, if (quick) file.path(results, "README.md") else "bench/README.md")
if (quick) writeLines(text)
say("done")
