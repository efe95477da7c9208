# How many threads the engine may use, and which kernel: arguments, options, environment.

# What the engine is told by a call of the user: the number of threads. `threads`: the argument.
engine_settings <- function(threads = NULL, call = caller_env()) {
  asked <- if (is.null(threads)) threads_asked(thread_limits()) else 0L
  if (asked > 0L) return(asked)
  check_kernel(getOption("kestrel.kernel"), call)
  resolve_threads(threads, getOption("kestrel.threads"), call)
}

# The argument, else the option, else the default; never more than there are processors.
resolve_threads <- function(threads, option, call = caller_env()) {
  limits <- thread_limits()
  if (!is.null(threads)) {
    return(min(check_count(threads, arg = "threads", call = call), limits$most))
  }
  if (is.null(option)) return(limits$default)
  min(check_count(option, arg = "options(kestrel.threads)", call = call), limits$most)
}

# Looked up once a session: `most` and `default`.
thread_limits <- function() {
  if (is.null(the$thread_limits)) {
    environment <- Sys.getenv(c("OMP_NUM_THREADS", "_R_CHECK_LIMIT_CORES_"))
    assign("thread_limits", limits_of(engine_threads()$processors, environment), envir = the)
  }
  the$thread_limits
}

# Two by default, but no more than half of the processors where there are more than two. The
# engine has counted those that OMP_THREAD_LIMIT leaves.
limits_of <- function(processors, environment) {
  most <- if (limits_cores(environment[[2]])) min(processors, 2L) else processors
  half <- if (most > 2L) most %/% 2L else most
  list(most = most, default = min(2L, half, asked_by_openmp(environment[[1]])))
}

# _R_CHECK_LIMIT_CORES_, which R CMD check sets: two cores at most.
limits_cores <- function(text) nzchar(text) && !tolower(text) %in% c("false", "no", "0")

# OMP_NUM_THREADS: a number, or one for each level of nesting. NA: none.
asked_by_openmp <- function(text) {
  first <- trimws(strsplit(text, ",", fixed = TRUE)[[1]][1])
  if (grepl("^[1-9][0-9]{0,8}$", first)) as.integer(first) else 2L
}

# options(kestrel.kernel): one that runs here, or NULL.
check_kernel <- function(kernel, call = caller_env()) {
  if (is.null(kernel) || is_string(kernel) && kernel %in% kernels_here()) return(invisible(kernel))
  usable <- kernels_here()
  stop_kestrel(
    "argument", sprintf("`options(kestrel.kernel)` must name a kernel that runs here, not %s.",
      describe(kernel)),
    hint = sprintf("Here run %s; NULL takes the first.", quote_names(usable)),
    argument = "kestrel.kernel", value = shorten(kernel), expected = usable, call = call
  )
}

kernels_here <- function() {
  if (is.null(the$kernels)) assign("kernels", engine_kernels(), envir = the)
  the$kernels
}
