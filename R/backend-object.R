# `K <- backend()`: all k_* as fields, for scripts that call them so.

#' Operations as fields of an object
#'
#' `K <- backend()` gives an object whose fields are the `k_*` functions, see [backend-operations]:
#' `K$mean(x, axis = 1)` for `k_mean()`. As in R keras, where it is Keras itself, **axes of its
#' functions count from 0**, the samples' axis, while those of `k_mean()` count from 1; negative
#' ones count from the last in both. `k_backend()` is the name of what computes.
#'
#' @param convert accepted from R keras scripts, without effect.
#' @return `backend()` the object, `k_backend()` and `config_backend()` `"kestrel"`.
#' @section Errors: `kestrel_error_argument` for a field that there is not.
#' @source R packages 'keras' and 'keras3'.
#' @family training
#' @name backend-object
#' @examples
#' K <- backend()
#' x <- matrix(1:6, 2)
#' K$mean(x, axis = 1)
#' K$sum(K$square(x))
NULL

#' @rdname backend-object
#' @export
backend <- function(convert = TRUE) structure(list(), class = "kestrel_backend")

#' @rdname backend-object
#' @export
k_backend <- function() "kestrel"

#' @rdname backend-object
#' @export
config_backend <- k_backend

#' @export
`$.kestrel_backend` <- function(x, name) {
  fn <- if (name %in% names(x)) get(paste0("k_", name), envir = topenv())
  if (is.null(fn)) stop_unknown_field("backend", name, names(x), "K")
  if (any(axis_arguments %in% names(formals(fn)))) counting_from_0(fn, paste0("k_", name)) else fn
}

axis_arguments <- c("axis", "axes", "pattern")

# The call goes on with the user's own words, so that errors show them.
counting_from_0 <- function(fn, name) {
  force(fn)
  force(name)
  function(...) {
    call <- match.call(fn, sys.call(), TRUE, parent.frame())
    for (arg in intersect(axis_arguments, names(call))) {
      call[[arg]] <- as.call(list(as.name(".from_1"), call[[arg]]))
    }
    call[[1]] <- as.name(name)
    scope <- stats::setNames(list(fn, axes_from_1), c(name, ".from_1"))
    eval(call, list2env(scope, parent = parent.frame()))
  }
}

axes_from_1 <- function(axes) {
  if (is.null(axes)) return(NULL)
  axes <- unlist(axes)
  if (is.numeric(axes)) ifelse(axes < 0, axes, axes + 1) else axes
}

#' @export
`[[.kestrel_backend` <- function(x, i) `$.kestrel_backend`(x, field_name(x, i))

#' @export
names.kestrel_backend <- function(x) {
  sub("^k_", "", grep("^k_", getNamespaceExports(topenv()), value = TRUE))
}

#' @export
print.kestrel_backend <- function(x, ...) {
  cat("<backend of", length(names(x)), "functions k_*>\n")
  invisible(x)
}
