# Functions of base R that are not generic get, in the eyes of a user's function, others in their
# place: a copy of the function sees them before all else, and so do copies of the functions of
# the user's that it calls.

# The copy. `done`: functions that have one already, and these, so that recursion ends.
masked <- function(fn, done = new_copies()) {
  if (is.primitive(fn) || is.null(environment(fn))) return(fn)
  for (i in seq_along(done$of)) if (identical(done$of[[i]], fn)) return(done$copies[[i]])
  env <- list2env(masks_for(environment(fn), all.names(body(fn))), parent = environment(fn))
  copy <- fn
  environment(copy) <- env
  done$of <- c(done$of, fn)
  done$copies <- c(done$copies, copy)
  for (name in all.names(body(fn), unique = TRUE)) {
    helper <- get0(name, environment(fn), mode = "function")
    if (is_users(helper, fn)) assign(name, masked(helper, done), envir = env)
  }
  if (!is.null(done$model)) note_tensors(fn, env, done)
  copy
}

# But for names that stand for the user's values there, as `sd` may.
masks_for <- function(env, used = names(base_masks())) {
  masks <- base_masks()
  is_value <- function(name) !is.function(get0(name, envir = env, ifnotfound = identity))
  masks[setdiff(names(masks), Filter(is_value, intersect(names(masks), used)))]
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
  c(spreading_operators(), loop_masks(), summary_masks(), list(
    `%*%` = mask(base::`%*%`, function(x, y) operate("%*%", list(x, y))),
    crossprod = mask(base::crossprod, function(x, y = x) operate("%*%", list(t(x), y))),
    tcrossprod = mask(base::tcrossprod, function(x, y = x) operate("%*%", list(x, t(y)))),
    rowSums = mask(base::rowSums, function(x, na.rm = FALSE, dims = 1) traced_sums(x, row_axes(x, dims))),
    colSums = mask(base::colSums, function(x, na.rm = FALSE, dims = 1) traced_sums(x, seq_len(dims))),
    rowMeans = mask(base::rowMeans, function(x, na.rm = FALSE, dims = 1) traced_means(x, row_axes(x, dims))),
    colMeans = mask(base::colMeans, function(x, na.rm = FALSE, dims = 1) traced_means(x, seq_len(dims))),
    pmax = mask(base::pmax, function(..., na.rm = FALSE) pairwise("pmax", list(...))),
    pmin = mask(base::pmin, function(..., na.rm = FALSE) pairwise("pmin", list(...))),
    ifelse = mask(base::ifelse, function(test, yes, no) {
      operate("ifelse", list(yes, no), list(test = plain(test)))
    }),
    matrix = mask(base::matrix, function(data, ...) take(data, base::matrix(seq_along(plain(data)), ...))),
    array = mask(base::array, function(data, ...) take(data, base::array(seq_along(plain(data)), ...))),
    var = mask(stats::var, function(x, ...) {
      if (is.null(dim(x))) traced_variance(x) else stop_not_differentiable("var")
    }),
    sd = mask(stats::sd, function(x, ...) sqrt(traced_variance(x))),
    plogis = mask(stats::plogis, function(q) operate("plogis", list(q))),
    pnorm = mask(stats::pnorm, function(q, mean = 0, sd = 1) operate("pnorm", list((q - mean) / sd))),
    dnorm = mask(stats::dnorm, traced_density)
  ))
}

# Plain arrays of different shapes, such as targets and their means, go together as traced ones do.
spreading_operators <- function() {
  names <- c("+", "-", "*", "/", "^", "<", ">", "<=", ">=", "==", "!=", "&", "|")
  stats::setNames(lapply(names, spreading), names)
}

spreading <- function(name) {
  base <- get(name, baseenv())
  function(e1, e2) {
    if (missing(e2)) return(base(e1))
    alike <- is.null(dim(e1)) || is.null(dim(e2)) || is.object(e1) || is.object(e2) ||
      identical(dim(e1), dim(e2))
    if (alike) base(e1, e2) else plain_operator(name, e1, e2)
  }
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

pairwise <- function(name, parts) Reduce(function(a, b) operate(name, list(a, b)), parts)
