# Everything random starts from R's own generator: one number drawn from it seeds the engine.

#' Make random numbers repeatable
#'
#' Initial weights, shuffling and dropout are seeded from R's random numbers, so that
#' [set.seed()] decides all of them. These functions call it, for scripts that use the names
#' of Keras.
#'
#' The numbers themselves are not those of Keras, whose generators differ from version to
#' version. They do not depend on the machine or on the precision.
#'
#' @param seed a whole number of at least 0.
#' @param disable_gpu,disable_parallel_cpu,quiet `TRUE` or `FALSE`, without effect: training
#'   always repeats itself here.
#' @return `seed`, invisibly.
#' @section Errors: `kestrel_error_argument` when `seed` is no such number.
#' @source Keras: `keras.utils.set_random_seed`.
#' @family settings
#' @examples
#' set_random_seed(1)
#' initializer_he_normal()(c(2, 2))
#' set_random_seed(1)
#' initializer_he_normal()(c(2, 2))
#' @export
set_random_seed <- function(seed, disable_gpu = TRUE) {
  seed <- check_count(seed, min = 0L)
  check_flag(disable_gpu)
  set.seed(seed)
  invisible(seed)
}

#' @rdname set_random_seed
#' @export
use_session_with_seed <- function(seed, disable_gpu = TRUE, disable_parallel_cpu = TRUE,
                                  quiet = FALSE) {
  seed <- check_count(seed, min = 0L)
  check_flag(disable_gpu)
  check_flag(disable_parallel_cpu)
  check_flag(quiet)
  set.seed(seed)
  invisible(seed)
}

# A seed for the engine: a whole number below 2^51, which a double holds exactly. The same as
# sample.int(2^51, 1) - 1, which takes five times as long.
draw_seed <- function() random_index(2^51)

# The value of `code`. Where it throws, R's random numbers go on as if nothing was drawn.
with_seed_kept <- function(code) {
  seed <- globalenv()$.Random.seed
  done <- FALSE
  on.exit(if (!done) restore_seed(seed))
  value <- code
  done <- TRUE
  value
}

restore_seed <- function(seed) {
  if (is.null(seed)) return(suppressWarnings(rm(".Random.seed", envir = globalenv())))
  assign(".Random.seed", seed, envir = globalenv())
}

# The value of `code`, which draws the same numbers each time; R's own go on as if it had not.
with_own_seed <- function(code) {
  seed <- globalenv()$.Random.seed
  on.exit(restore_seed(seed))
  set.seed(1)
  code
}
