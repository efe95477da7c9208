# Calls of users' functions: losses, activations, layers and the like. What goes wrong in them is
# told with the function that they had called.

# What a user's function returns; its error as one of a class of ours. `hint`: where no error of
# ours stands for itself.
own_call <- function(fn, args, what, kind, call,
                     hint = "See ?autodiff for the operations that can be differentiated.") {
  failure <- NULL
  tryCatch(
    withCallingHandlers(unmarked(allowInterrupts(do.call(fn, args, quote = TRUE))),
      error = function(e) failure <<- failure %||% own_failure(fn, e)),
    error = function(e) {
      # R calls no handler where the stack is full.
      failure <- failure %||% list(own = FALSE, refused = FALSE)
      said <- failure_text(failure, e)
      if (failure$own || inherits(e, "kestrel_error")) hint <- NULL
      if (!failure$own && reads_tensors(fn)) hint <- strange_tensor_hint(kind)
      stop_kestrel(kind, sprintf("The %s failed%s", what, said), hint = hint, argument = what,
        parent = e,
        call = call)
    }
  )
}

# list(name, own, refused): the function of R or of ours that the user's code had called last;
# whether that is stop() or its like; whether the function has no derivative.
own_failure <- function(fn, e) {
  at <- called_last(fn)
  name <- at$name %||% call_name(conditionCall(e))
  raises <- isTRUE(name %in% c("stop", "stopifnot", "abort", "match.arg", "rlang_abort"))
  refused <- if (is_refusal(e)) e$argument else if (!raises && lacks_derivative(at, e)) name
  list(name = refused %||% name, own = raises && is.null(refused), refused = !is.null(refused))
}

failure_text <- function(failure, e) {
  if (failure$refused) return(sprintf(": `%s()` cannot be differentiated.", failure$name))
  said <- strsplit(conditionMessage(e), "\n", fixed = TRUE)[[1]][1]
  if (failure$own || is.null(failure$name)) return(paste0(": ", said))
  sprintf(" in `%s()`: %s", failure$name, said)
}

# The last frame that is called from the user's code and no part of it: list(name, frame, fn).
called_last <- function(fn) {
  parents <- sys.parents()
  users <- which(vapply(seq_along(parents), function(i) is_own_frame(sys.function(i), fn), NA))
  called <- setdiff(which(parents %in% users), users)
  if (!length(called)) return(NULL)
  last <- max(called)
  list(name = call_name(sys.call(last)), frame = sys.frame(last), fn = sys.function(last))
}

# Functions of the user's see the masks.
is_own_frame <- function(f, fn) {
  if (identical(f, fn)) return(TRUE)
  if (is.primitive(f)) return(FALSE)
  env <- environment(f)
  while (!is.null(env) && !isNamespace(env) && !identical(env, globalenv()) &&
    !identical(env, emptyenv())) {
    if (isTRUE(attr(env, "masks"))) return(TRUE)
    env <- parent.env(env)
  }
  FALSE
}

# Of pkg::f(), too.
call_name <- function(call) {
  head <- if (is.call(call)) call[[1]]
  if (is.call(head) && length(head) == 3) head <- head[[3]]
  if (is.symbol(head)) as.character(head)
}

# A function of a package that failed in R's own words for a traced value.
lacks_derivative <- function(at, e) {
  if (is.null(at$name) || inherits(e, "kestrel_error") || is_differentiated(at$name)) return(FALSE)
  package <- environment(at$fn)
  if (is.null(package) || identical(topenv(package), topenv())) return(FALSE)
  names <- intersect(names(formals(at$fn)), ls(at$frame))
  known <- names[!rlang::env_binding_are_lazy(at$frame, names)]
  any(vapply(known, function(name) is_traced(at$frame[[name]]), NA))
}

is_differentiated <- function(name) {
  masks <- setdiff(names(masks()), names(refusing_masks()))
  name %in% masks || !is.null(utils::getS3method(name, "kestrel_traced", TRUE))
}

# `kind`: that of the error.
strange_tensor_hint <- function(kind) {
  if (kind == "layer") return("It reads tensors that stand for no numbers here: give them to the layer, in a list of inputs.")
  paste("It reads tensors that are not of this model: they depend on another input, or layers with weights that it",
    "has not.")
}

# Whether symbolic tensors are among the variables that a function finds around it.
reads_tensors <- function(fn) {
  if (is.primitive(fn)) return(FALSE)
  names <- setdiff(all.names(body(fn), functions = FALSE),
    c(names(formals(fn)), assigned(body(fn))))
  found <- mget(unique(names[nzchar(names)]), envir = environment(fn), inherits = TRUE,
    ifnotfound = list(NULL))
  any(vapply(found, is_tensor, NA))
}

# Names of variables that an expression assigns.
assigned <- function(expression) {
  if (!is.call(expression)) return(NULL)
  own <- is.symbol(expression[[1]]) && as.character(expression[[1]]) %in% c("<-", "=") &&
    is.symbol(expression[[2]])
  c(if (own) as.character(expression[[2]]),
    unlist(lapply(Filter(is.call, as.list(expression)), assigned)))
}
