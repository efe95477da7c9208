# What fit(), evaluate() and predict() know of callbacks: a set of them, which hooks it has,
# and how these are called. A callback is an environment with functions named `on_*` in it:
# of this package (class kestrel_callback), or an R6 object that inherits from KerasCallback.

# Hooks and what they are called with.
hook_arguments <- local({
  epoch <- c("epoch", "logs")
  batch <- c("batch", "logs")
  list(
    on_epoch_begin = epoch, on_epoch_end = epoch, on_batch_begin = batch, on_batch_end = batch,
    on_train_batch_begin = batch, on_train_batch_end = batch, on_train_begin = "logs",
    on_train_end = "logs", on_test_batch_begin = batch, on_test_batch_end = batch,
    on_test_begin = "logs", on_test_end = "logs", on_predict_batch_begin = batch,
    on_predict_batch_end = batch, on_predict_begin = "logs", on_predict_end = "logs"
  )
})

# From NULL, a callback, a named list of hooks, or a list of all these.
callback_set <- function(callbacks, call = caller_env()) {
  if (is.null(callbacks)) return(no_callbacks)
  list <- as_callbacks(callbacks, call)
  by_hook <- if (length(list)) callbacks_by_hook(list)
  wants <- function(hooks) any(hooks %in% names(by_hook))
  list2env(list(
    callbacks = list, by_hook = by_hook, any = length(list) > 0, call = call, epoch = NULL,
    wants_batches = wants(c("on_train_batch_begin", "on_train_batch_end")),
    wants_test_batches = wants(c("on_test_batch_begin", "on_test_batch_end")),
    wants_predict_batches = wants(c("on_predict_batch_begin", "on_predict_batch_end"))
  ), parent = emptyenv())
}

no_callbacks <- list(
  callbacks = list(), any = FALSE, wants_batches = FALSE, wants_test_batches = FALSE,
  wants_predict_batches = FALSE
)

# The callbacks that have a hook, for each that one of them has.
callbacks_by_hook <- function(list) {
  hooks <- setdiff(names(hook_arguments), c("on_batch_begin", "on_batch_end"))
  by_hook <- lapply(hooks, function(hook) Filter(function(cb) has_hook(cb, hook), list))
  names(by_hook) <- hooks
  by_hook[lengths(by_hook) > 0]
}

as_callbacks <- function(x, call) {
  if (is.null(x)) return(list())
  if (is_callback(x) || is_hook_list(x)) return(list(as_callback(x, "callbacks", call)))
  if (!is.list(x) || is.object(x)) {
    stop_no_callback("callbacks", "a callback or a list of them", x, call)
  }
  lapply(seq_along(x), function(i) as_callback(x[[i]], sprintf("callbacks[[%d]]", i), call))
}

is_callback <- function(x) is.environment(x) && inherits(x, c("kestrel_callback", "KerasCallback"))

is_hook_list <- function(x) {
  is.list(x) && !is.object(x) && any(startsWith(names2(x), "on_")) &&
    !any(vapply(x, is_callback, NA))
}

as_callback <- function(x, arg, call) {
  if (is_hook_list(x)) return(new_lambda(check_hooks(x, arg, call)))
  if (!is_callback(x)) stop_no_callback(arg, "a callback", x, call)
  for (hook in names(hook_arguments)) {
    if (has_hook(x, hook)) check_hook(hook_function(x, hook), hook, arg, call)
  }
  x
}

stop_no_callback <- function(arg, must, x, call) {
  uncalled <- is.function(x) || inherits(x, "R6ClassGenerator")
  hint <- if (inherits(x, "R6ClassGenerator")) {
    "A class makes callbacks by `$new()`."
  } else if (uncalled) {
    "If it makes callbacks, call it; a function of an epoch is callback_lambda(on_epoch_end = )."
  }
  stop_argument(arg, must, x, hint = hint, call = call)
}

# Functions with a name each that is a hook's.
check_hooks <- function(hooks, arg, call) {
  for (i in seq_along(hooks)) {
    name <- names2(hooks)[i]
    if (!name %in% names(hook_arguments)) {
      stop_unknown(arg, "hooks", name, names(hook_arguments), call = call)
    }
    check_hook(hooks[[i]], name, arg, call)
  }
  hooks
}

check_hook <- function(x, hook, arg, call) {
  wanted <- hook_arguments[[hook]]
  must <- sprintf("a function of (%s)", toString(wanted))
  arg <- if (nzchar(arg)) paste0(arg, "$", hook) else hook
  if (!is.function(x)) stop_argument(arg, must, x, call = call)
  if (takes_arguments(x, length(wanted))) return(x)
  stop_kestrel("argument", sprintf("`%s` must be %s, not of (%s).", arg, must,
    toString(names(formals(args(x))))), argument = arg, expected = wanted, call = call)
}

# Whether a function can be called with n arguments.
takes_arguments <- function(f, n) {
  formals <- formals(args(f))
  if ("..." %in% names(formals)) return(TRUE)
  needed <- vapply(formals, function(value) identical(value, quote(expr = )), NA)
  length(formals) >= n && !any(needed[-seq_len(n)])
}

# The function behind a hook; the old names of the hooks of batches stand in for the new.
hook_function <- function(callback, hook) {
  fun <- callback[[hook]]
  if (is_written(fun)) return(fun)
  if (startsWith(hook, "on_train_batch")) callback[[sub("train_", "", hook)]]
}

has_hook <- function(callback, hook) is_written(hook_function(callback, hook))

# Base classes have hooks with an empty body.
is_written <- function(fun) is.function(fun) && !identical(body(fun), quote({}))

callbacks_attach <- function(set, model, params) {
  for (callback in set$callbacks) {
    callback$model <- model
    callback$params <- params
  }
}

# `index`: the epoch or batch from 0, for hooks that have one. Values that callbacks of this
# package add to the logs of an epoch are seen by those after them.
callbacks_run <- function(set, hook, index = NULL, logs = list()) {
  if (hook == "on_epoch_begin") set$epoch <- index
  for (callback in set$by_hook[[hook]]) {
    run_hook(set, callback, hook, index, logs)
    if (hook == "on_epoch_end" && is_own(callback)) logs[names(callback$added)] <- callback$added
  }
  logs
}

# Callbacks of this package that need not see each epoch: `sleeps(epoch)`, after so many, is the
# number of epochs up to which nothing can happen; `wakes(epoch, losses)` is told the losses since.
can_wait <- function(set) {
  all(vapply(set$callbacks, function(callback) is_own(callback) && is.function(callback$sleeps),
    NA))
}

next_look <- function(set, epoch, last) {
  as.integer(min(last, vapply(set$callbacks, function(callback) as.double(callback$sleeps(epoch)),
    0)))
}

is_own <- function(callback) inherits(callback, "kestrel_callback_own")

run_hook <- function(set, callback, hook, index, logs) {
  fun <- hook_function(callback, hook)
  if (is_own(callback)) return(call_own(set, fun, index, logs))
  first <- if (inherits(callback, "kestrel_callback_from_1")) 1L else 0L
  withCallingHandlers(
    allowInterrupts(call_hook(fun, if (!is.null(index)) index + first, logs)),
    error = function(e) stop_hook(set, hook, index, e)
  )
  invisible()
}

# Hooks of this package do not know whose argument their callback is.
call_own <- function(set, fun, index, logs) {
  with_call(set$call, call_hook(fun, index, logs))
}

with_call <- function(call, code) {
  withCallingHandlers(code, kestrel_error = function(e) {
    if (!is.null(e$call)) return()
    e$call <- rlang::error_call(call)
    rlang::cnd_signal(e)
  })
}

call_hook <- function(fun, index, logs) if (is.null(index)) fun(logs) else fun(index, logs)

stop_hook <- function(set, hook, index, parent) {
  batch <- if (grepl("batch", hook)) as.double(index + 1)
  epoch <- if (grepl("epoch|train_batch", hook)) as.double(set$epoch + 1)
  at <- toString(c(sprintf("epoch %.0f", epoch), sprintf("batch %.0f", batch)))
  stop_kestrel("callback",
    sprintf("A callback's `%s` failed%s.", hook, if (nzchar(at)) paste(" in", at) else ""),
    where = list(hook = hook, epoch = epoch, batch = batch), call = set$call, parent = parent
  )
}

# A callback of this package. `hooks` are functions of (self, ...), settings and state are
# fields; what is in `added` after on_epoch_end joins the logs of the epoch. `state`: the fields
# that a fit which is resumed needs.
new_callback <- function(name, fields, hooks, state = character()) {
  self <- list2env(c(fields, list(name = name, settings = names2(fields), state = state)),
    parent = emptyenv())
  for (hook in names(hooks)) assign(hook, bind_hook(hooks[[hook]], self), envir = self)
  class(self) <- c(paste0("kestrel_callback_", name), "kestrel_callback_own", "kestrel_callback")
  self
}

bind_hook <- function(hook, self) {
  force(hook)
  function(...) hook(self, ...)
}

#' @export
format.kestrel_callback <- function(x, ...) {
  settings <- Filter(function(v) is.atomic(v) && length(v) == 1, mget(x$settings, envir = x))
  text <- vapply(settings, function(v) if (is.character(v)) quote_names(v) else format(v), "")
  sprintf("<kestrel_callback %s(%s)>", x$name,
    paste(names(text), text, sep = " = ", collapse = ", "))
}

#' @export
print.kestrel_callback <- function(x, ...) {
  cat(wrap_settings(format(x)), sep = "\n")
  invisible(x)
}

# 0 or 1, as numbers or flags.
check_talk <- function(x, arg = "verbose", call = caller_env()) {
  if (is_flag(x)) return(as.integer(x))
  check_count(x, min = 0L, arg = arg, call = call)
}

# The first of its choices is the default, as R's match.arg() has it.
check_mode <- function(mode, call = caller_env()) {
  choices <- c("auto", "min", "max")
  if (identical(mode, choices)) return("auto")
  check_choice(mode, choices, "a mode", arg = "mode", call = call)
}
