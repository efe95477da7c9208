# Functions of base R that are not generic get, in the eyes of a user's function, others in their
# place: a copy of the function sees them before all else, and so do copies of the functions of
# the user's that it calls.

# The copy. `done`: functions that have one already, and these, so that recursion ends.
masked <- function(fn, done = new_copies()) {
  if (is.primitive(fn) || is.null(environment(fn))) return(fn)
  for (i in seq_along(done$of)) if (identical(done$of[[i]], fn)) return(done$copies[[i]])
  env <- new.env(parent = own_values(fn, new_masks(names(masks()), environment(fn))))
  copy <- fn
  environment(copy) <- env
  done$of <- c(done$of, fn)
  done$copies <- c(done$copies, copy)
  for (name in all.names(body(fn), unique = TRUE)) {
    helper <- get0(name, environment(fn), mode = "function")
    if (is_users(helper, fn) && !is_mask(helper, name)) assign(name, masked(helper, done),
      envir = env)
  }
  if (!is.null(done$model)) note_tensors(fn, env, done)
  copy
}

# `masks`: code that finds them around it is the user's. They are found by name, so that a model in
# a file has the names and no copies of R's functions.
new_masks <- function(names, around) {
  env <- new.env(parent = around)
  for (name in names) makeActiveBinding(name, as.function(list(call("mask_named", name)), topenv()),
    env)
  structure(env, masks = TRUE)
}

mask_named <- function(name) masks()[[name]]

is_mask <- function(fn, name) identical(fn, mask_named(name))

# Made once a session.
masks <- function() {
  if (is.null(the$masks)) assign("masks", base_masks(), envir = the)
  the$masks
}

# But for names that stand for the user's values there, as `sd` may.
masks_for <- function(env) {
  is_value <- function(name) !is.function(get0(name, envir = env, ifnotfound = identity))
  Filter(Negate(is_value), names(masks()))
}

# Variables that the function finds around it stand before masks of their names, such as `t` and
# `scale`.
own_values <- function(fn, masks) {
  values <- new.env(parent = masks)
  from <- environment(fn)
  for (name in intersect(all.names(as.call(c(quote(c), formals(fn), body(fn))), FALSE),
    names(masks))) {
    if (!is.function(get0(name, from))) makeActiveBinding(name, reader(name, from), values)
  }
  values
}

reader <- function(name, from) {
  force(name)
  function() get(name, envir = from)
}

# `model`: the one whose tensors are looked for, see loss-tensors.R.
new_copies <- function(model = NULL) {
  list2env(list(of = list(), copies = list(), model = model, tensors = list(), slots = list()),
    parent = emptyenv())
}

# A plain R function of no package, or of the one that its caller is of.
is_users <- function(fn, caller) {
  if (!is.function(fn) || is.primitive(fn) || is.object(fn)) return(FALSE)
  !isNamespace(environment(fn)) || identical(environment(fn), environment(caller))
}

base_masks <- function() {
  c(spreading_operators(), loop_masks(), row_masks(), constant_masks(), summary_masks(), list(
    `%*%` = mask(base::`%*%`, function(x, y) operate("%*%", list(x, y))),
    crossprod = mask(base::crossprod, function(x, y = x) operate("%*%", list(t(x), y))),
    tcrossprod = mask(base::tcrossprod, function(x, y = x) operate("%*%", list(x, t(y)))),
    c = joining,
    is.list = function(x) !inherits(x, c("kestrel_traced", "kestrel_variable")) && base::is.list(x),
    colSums = mask(base::colSums, function(x, na.rm = FALSE, dims = 1) {
      as_vector(traced_sums(x, seq_len(dims)))
    }),
    colMeans = mask(base::colMeans, function(x, na.rm = FALSE, dims = 1) {
      as_vector(traced_means(x, seq_len(dims)))
    }),
    pmax = pairing(base::pmax, "pmax"),
    pmin = pairing(base::pmin, "pmin"),
    ifelse = function(test, yes, no) {
      test <- plain(test)
      yes <- laid_as(yes, test)
      no <- laid_as(no, test)
      if (!is_traced(yes) && !is_traced(no)) return(base::ifelse(test, plain(yes), plain(no)))
      operate("ifelse", list(yes, no), list(test = test))
    },
    matrix = mask(base::matrix,
      function(data, ...) take(data, base::matrix(seq_along(plain(data)), ...))),
    array = mask(base::array,
      function(data, ...) take(data, base::array(seq_along(plain(data)), ...))),
    var = mask(stats::var, function(x, ...) {
      if (is.null(dim(x))) traced_variance(x) else stop_not_differentiable("var")
    }),
    sd = mask(stats::sd, function(x, ...) sqrt(traced_variance(x))),
    plogis = mask(stats::plogis, function(q) operate("plogis", list(q))),
    pnorm = mask(stats::pnorm,
      function(q, mean = 0, sd = 1) operate("pnorm", list((q - mean) / sd))),
    dnorm = mask(stats::dnorm, traced_density),
    atan2 = mask(base::atan2, function(y, x) operate("atan2", list(y, x))),
    det = mask(base::det, function(x, ...) op_det(x)),
    solve = mask(base::solve,
      function(a, b, ...) if (missing(b)) op_inv(a) else as_vector(op_solve(a, b)))
  ))
}

# Plain arrays of different shapes, such as targets and their means, go together as traced ones do.
spreading_operators <- function() {
  names <- c("+", "-", "*", "/", "^", "<", ">", "<=", ">=", "==", "!=", "&", "|")
  stats::setNames(lapply(names, spreading), names)
}

spreading <- function(name) {
  base <- get(name, baseenv())
  compares <- name %in% compared_operators
  function(e1, e2) {
    if (missing(e2)) return(base(e1))
    if (is.object(e1) || is.object(e2)) return(base(e1, e2))
    if (go_together(e1, e2) && !(compares && has_lie(e1, e2))) base(e1,
      e2) else plain_operator(name, e1, e2)
  }
}

# As R takes them.
go_together <- function(a, b) {
  identical(dim(a), dim(b)) || length(a) == 1 && is.null(dim(a)) || length(b) == 1 &&
    is.null(dim(b)) ||
    !(is.numeric(a) || is.logical(a)) || !(is.numeric(b) || is.logical(b))
}

has_lie <- function(a, b) !is.null(attr(a, "lies", exact = TRUE)) ||
  !is.null(attr(b, "lies", exact = TRUE))

# Of the numbers alone: places and conditions do not move with them.
constant_masks <- function() {
  names <- c("order", "rank", "which.max", "which.min", "findInterval", "is.na", "is.nan",
    "is.finite", "is.infinite")
  stats::setNames(lapply(names, function(name) {
    base <- get(name, baseenv())
    mask(base, function(...) do.call(base, lapply(list(...), plain), quote = TRUE))
  }), names)
}

traced_density <- function(x, mean = 0, sd = 1, log = FALSE) {
  v <- -((x - mean) / sd)^2 / 2 - base::log(sd) - base::log(2 * pi) / 2
  if (log) v else exp(v)
}

# `own` where an argument is traced, else `base`.
mask <- function(base, own) {
  force(base)
  force(own)
  function(...) {
    if (any(vapply(list(...), is_traced, NA))) return(own(...))
    if (!any(vapply(list(...), inherits, NA, "kestrel_variable"))) return(base(...))
    do.call(base, lapply(list(...), plain), quote = TRUE)
  }
}

# pmax() and pmin() of what is traced, and of plain arrays that R would recycle.
pairing <- function(base, name) {
  function(..., na.rm = FALSE) {
    parts <- list(...)
    plain <- !any(vapply(parts, inherits, NA, c("kestrel_traced", "kestrel_variable")))
    alike <- plain && all(vapply(parts[-1], function(x) is.object(x) || go_together(parts[[1]], x),
      NA))
    if (alike) base(..., na.rm = na.rm) else Reduce(function(a, b) operate(name, list(a, b)), parts)
  }
}

# A value beside the condition that chooses it, over all its places.
laid_as <- function(x, test) {
  alike <- length(dim(test)) < 2 || length(x) < 2 || is.object(x) && !is_traced(x) ||
    !is.numeric(plain(x)) && !is.logical(plain(x))
  if (alike || identical(dim(x), dim(test))) return(x)
  operate("+", list(x, shape_like(numeric(length(test)), test)))
}
