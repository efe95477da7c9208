# What compile() is given for each output: by position, or in a named list by the names of the
# outputs. A model with one output takes it without a list, too.

# Losses of the outputs, NULL for one without; one loss for all where only one is given.
losses_by_output <- function(loss, names, call) {
  if (length(names) < 2) return(list(compile_loss(loss, call)))
  check_loss_given(loss, call)
  one <- is.function(loss) || is.object(loss) || is.character(loss) && length(loss) == 1
  if (one) return(rep(list(as_loss(loss, "loss", call)), length(names)))
  each <- by_output(as.list(loss), names, "loss", call)
  args <- element_args("loss", each)
  losses <- lapply(seq_along(each), function(o) {
    if (!is.null(each[[o]])) as_loss(only_element(each[[o]]), args[o], call)
  })
  if (any(lengths(losses) > 0)) return(losses)
  stop_argument("loss", "a loss for one output at least", loss, call = call)
}

# A list with an element for each output; those that a named list leaves out are NULL.
by_output <- function(x, names, arg, call) {
  if (!is.list(x) || is.object(x)) stop_arrange(x, names, "output", arg, call)
  keys <- names2(x)
  if (!any(nzchar(keys))) return(stats::setNames(arrange(x, names, "output", arg, call), NULL))
  if (!all(keys %in% names) || anyDuplicated(keys)) stop_keys(keys, names, "output", arg, call)
  stats::setNames(lapply(names, function(name) x[[name]]), names)
}

weights_by_output <- function(x, names, call) {
  if (length(names) < 2) return(check_loss_weights(x, call = call))
  if (is.null(x)) return(rep(1, length(names)))
  if (is.numeric(x) && !is.object(x)) x <- as.list(x)
  each <- by_output(x, names, "loss_weights", call)
  args <- element_args("loss_weights", each)
  vapply(seq_along(each), function(o) {
    if (is.null(each[[o]])) 1 else check_number(each[[o]], min = 0, arg = args[o], call = call)
  }, 0)
}

# list(metric, weighted, output): of several outputs a metric that is in no inner or named list
# is that of each.
metrics_by_output <- function(x, arg, weighted, names, call, words = NULL) {
  if (length(names) < 2) return(compile_metrics(x, arg, weighted, call, names, words))
  if (is.null(x)) return(list())
  if (is.function(x) || is.environment(x)) x <- list(x)
  if (is.character(x) && length(x) && all(names2(x) %in% names)) x <- as.list(x)
  nested <- is.list(x) && (any(nzchar(names2(x))) ||
    any(vapply(x, is_for_one_output, NA)))
  each <- if (nested) by_output(x, names, arg, call) else rep(list(x), length(names))
  args <- if (nested) element_args(arg, each) else rep(arg, length(names))
  made <- lapply(seq_along(each), function(o) {
    lapply(compile_metrics(each[[o]], args[o], weighted, call, words = if (!nested) words),
      function(m) {
      c(m[names(m) != "output"], list(output = o, prefix = paste0(names[o], "_")))
    })
  })
  unlist(made, recursive = FALSE)
}

# In list("mae", c("accuracy", "AUC")), too.
is_for_one_output <- function(x) {
  is.null(x) || is.list(x) && !is.object(x) || is.character(x) && length(x) != 1
}

# Metrics go by the outputs that have a loss, which are those that the engine sees.
trained_metrics <- function(metrics, trained, names, call) {
  lapply(metrics, function(m) {
    at <- match(m$output, trained)
    if (is.na(at)) {
      stop_kestrel("argument", sprintf("Output \"%s\" has metrics but no loss.", names[m$output]),
        hint = "Give it a loss, with weight 0 in loss_weights if need be.", argument = "metrics",
        call = call)
    }
    m$output <- at
    m
  })
}
