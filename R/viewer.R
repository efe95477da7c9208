# Plots of the history while a model is trained, on the current graphics device.

# TRUE, FALSE or "auto".
check_view_metrics <- function(x, arg = "view_metrics", call = caller_env()) {
  if (identical(x, "auto")) return(x)
  if (is_flag(x)) return(as.logical(x))
  stop_argument(arg, "TRUE, FALSE or \"auto\"", x, call = call)
}

# NULL when nothing is to be plotted. "auto" plots in RStudio, where R keras does: several
# epochs that are printed as well.
viewer_new <- function(view_metrics, verbose, epochs) {
  wanted <- if (identical(view_metrics, "auto")) {
    verbose > 0 && epochs > 1 && interactive() && nzchar(Sys.getenv("RSTUDIO"))
  } else {
    view_metrics
  }
  if (!wanted) return(NULL)
  list2env(list(last = -Inf, epochs = epochs, broken = FALSE), parent = emptyenv())
}

# At most some plots a second; `history` is made only when it is drawn. The axis has room for
# the epochs to come.
viewer_update <- function(viewer, history, now = seconds_now()) {
  if (is.null(viewer) || viewer$broken || now - viewer$last < viewer_seconds) return(invisible())
  viewer_draw(viewer, history, xlim = c(min(history_range(history)), viewer$epochs))
  viewer$last <- seconds_now()
}

viewer_seconds <- 0.5

# The whole of it, when training has ended.
viewer_end <- function(viewer, history) {
  if (!is.null(viewer) && !viewer$broken) viewer_draw(viewer, history)
}

# A plot that fails, on a device too small, is no reason to end training.
viewer_draw <- function(viewer, history, ...) {
  tryCatch(
    if (any(lengths(history$metrics))) plot(history, method = "base", ...),
    error = function(e) {
      viewer$broken <- TRUE
      warn_kestrel("viewer", sprintf("The history cannot be plotted: %s", conditionMessage(e)),
        hint = "Use view_metrics = FALSE.", call = NULL)
    }
  )
}
