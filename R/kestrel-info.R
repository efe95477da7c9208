#' What the package computes with
#'
#' The kernel is the form of the engine that was compiled for one kind of processor; the
#' fastest one that runs here is taken, or the one that `options(kestrel.kernel = )` names. All
#' give the same results to rounding. The number of threads is that of
#' `options(kestrel.threads = )`, or the default; it never changes a result.
#'
#' @return a list of class `kestrel_info`, invisibly: `version`, `kernel`, `kernels` (those that
#'   run here, the fastest first), `threads`, `processors`, `openmp`, `precision`, `blas`.
#' @section Errors: `kestrel_error_argument` when one of the two options cannot be used.
#' @family configuration
#' @examples
#' kestrel_info()
#' @export
kestrel_info <- function() {
  threads <- engine_settings()
  here <- engine_threads()
  info <- structure(list(
    version = as.character(utils::packageVersion("kestrel")),
    kernel = getOption("kestrel.kernel") %||% kernels_here()[1], kernels = kernels_here(),
    threads = if (here$forked) 1L else threads, processors = here$processors,
    openmp = here$openmp, precision = floatx(), blas = "not needed"
  ), class = "kestrel_info")
  print(info)
  invisible(info)
}

#' @export
format.kestrel_info <- function(x, ...) {
  others <- setdiff(x$kernels, x$kernel)
  c(
    sprintf("kestrel %s", x$version),
    sprintf("  kernel:    %s%s", x$kernel,
      if (length(others)) sprintf(" (also runs here: %s)", paste(others, collapse = ", ")) else ""),
    sprintf("  threads:   %d of %d, OpenMP: %s", x$threads, x$processors,
      if (x$openmp) "yes" else "no"),
    sprintf("  precision: %s", x$precision),
    sprintf("  BLAS:      %s", x$blas)
  )
}

#' @export
print.kestrel_info <- function(x, ...) {
  writeLines(format(x, ...))
  invisible(x)
}
