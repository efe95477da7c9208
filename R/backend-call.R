# An operation whose errors are in the package's words, those of R's own functions too.
operation <- function(f) {
  body(f) <- bquote(tryCatch(.(body(f)), error = function(e) stop_operation(e, environment())))
  f
}

# `e`: what went wrong; `frame`: where errors are caught, inside the call of the operation.
stop_operation <- function(e, frame) {
  call <- parent.env(frame)
  if (inherits(e, "kestrel_error")) {
    e$call <- rlang::frame_call(call)
    rlang::cnd_signal(e)
  }
  said <- conditionMessage(e)
  absent <- regmatches(said, regexec("argument \"(.*)\" is missing", said))[[1]]
  if (length(absent) == 2) stop_missing(absent[2], call)
  stop_kestrel("argument", sprintf("This cannot be computed: %s.", said),
    hint = "Operations take arrays of numbers, with samples along the first axis.", call = call,
    parent = e)
}

comparison <- function(name) {
  force(name)
  operation(function(x, y) plain_operator(name, plain(x), plain(y)))
}
