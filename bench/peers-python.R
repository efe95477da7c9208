# Peers in Python: one process each for the whole run (see peers.py), spoken to through a pipe
# and heard through a named one, so that their start-up does not count.

python <- "/usr/bin/python3"

python_has <- function(module) {
  nzchar(Sys.which(python)) &&
    system2(python, c("-c", shQuote(paste("import", module))), stdout = FALSE, stderr = FALSE) == 0
}

openblas_folder <- function(build) {
  found <- list.files(file.path(build, "openblas"), "^libopenblas.so.0$", recursive = TRUE)
  if (length(found)) dirname(normalizePath(file.path(build, "openblas", found[1])))
}

python_start <- function(kind, build, threads = 1) {
  answers <- tempfile("answers")
  system2("mkfifo", answers)
  blas <- openblas_folder(build)
  command <- sprintf(
    "env %s OMP_NUM_THREADS=%d OPENBLAS_NUM_THREADS=%d %s bench/peers.py %s %d > %s",
    if (is.null(blas)) "" else paste0("LD_LIBRARY_PATH=", shQuote(blas)), threads, threads, python,
    kind, threads, answers
  )
  to <- pipe(command, "w")
  from <- fifo(answers, "r", blocking = TRUE)
  worker <- list(to = to, from = from)
  python_answer(worker)
  worker
}

python_answer <- function(worker) {
  line <- readLines(worker$from, 1)
  if (!length(line)) stop("A Python peer ended early.")
  setNames(as.numeric(strsplit(line, " ")[[1]]), c("cpu", "wall"))
}

python_ask <- function(worker, ...) {
  writeLines(paste(...), worker$to)
  flush(worker$to)
  python_answer(worker)
}

python_stop <- function(worker) {
  close(worker$to)
  close(worker$from)
}

python_prepare <- function(worker, w) {
  python_ask(worker, sprintf(
    "prepare rows=%d widths=%s activation=%s batch=%d precision=%s classes=%s task=%s",
    as.integer(w$rows), paste(w$widths, collapse = ","), w$activation, as.integer(w$batch),
    w$precision, if (w$classes) "yes" else "no", w$task
  ))
}

# A job of a worker; it stands until the worker is given the next workload.
python_job <- function(worker, w) {
  python_prepare(worker, w)
  function(times) python_ask(worker, "run", format(times, scientific = FALSE))
}

python_memory <- function(kind, w, build) {
  worker <- python_start(kind, build)
  on.exit(python_stop(worker))
  python_prepare(worker, w)
  python_ask(worker, "memory")[["cpu"]]
}
