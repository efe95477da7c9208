#' kestrel: neural networks in the style of Keras, without Python
#'
#' Layers are piped together by [keras_model_sequential()] and `layer_*()`, compiled with a
#' loss and an optimizer by [compile()][compile.kestrel_model], and trained by
#' [fit()][fit.kestrel_model]. Names, arguments, defaults and numbers are those of the R
#' packages 'keras' (2.x) and 'keras3'; the computation is done in C inside this package.
#'
#' @section Options:
#' * `kestrel.threads`: threads to use at most, see [fit()][fit.kestrel_model].
#' * `kestrel.kernel`: the form of the engine to use, see [kestrel_info()].
#' * `kestrel.import`: how [fit()][fit.kestrel_model] and [evaluate()] read `x`. `"copy"`: once,
#'   into the engine's own order; `"gather"`: batch by batch from R's array, which needs no
#'   memory for a second copy and more time; `"auto"`, the default: `"gather"` when a copy would
#'   take more than half of the free memory. The results are the same.
#' * `kestrel.summary`: how models print, `"keras2"` (the default) or `"keras3"`, see
#'   [summary()][summary.kestrel_model].
#' * `keras.fit_verbose`, `keras.verbose`: what [fit()][fit.kestrel_model] prints by default.
#' * `keras.view_metrics`: whether training is plotted while it runs.
#' * `keras.plot.history.smooth`, `keras.plot.history.theme_bw`: see
#'   [plot.keras_training_history()].
#'
#' @useDynLib kestrel, .registration = TRUE
#' @importFrom rlang abort warn caller_arg caller_env names2 new_weakref wref_key wref_value
#' @importFrom generics fit compile
#' @importFrom magrittr %>% %<>%
#' @importFrom stats predict
#' @importFrom utils str
#' @keywords internal
"_PACKAGE"

#' The pipe
#'
#' `lhs %>% rhs` calls `rhs` with `lhs` as its first argument; see [magrittr::%>%]. `x %<>% f()`
#' is `x <- x %>% f()`.
#' R's own `|>` works as well.
#'
#' @param lhs a value.
#' @param rhs a call.
#' @return what the call returns.
#' @name pipe
#' @rdname pipe
#' @aliases %>% %<>%
#' @examples
#' keras_model_sequential() %>% layer_dense(1, input_shape = 2)
#' @export %>%
#' @export %<>%
NULL

# The generics of 'generics'; their help is that of our methods.
#' @rawNamespace export(fit)
#' @rawNamespace export(compile)
NULL
