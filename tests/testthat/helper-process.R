# Code in a fresh R process: `f(...)` with this package attached, from the library that the
# tests run on, with the kernel that they run with.

in_process <- function(f, ...) {
  skip_if_not_installed("callr")
  attached <- function(f, args, kernel) {
    options(kestrel.kernel = kernel)
    library(kestrel)
    do.call(f, args)
  }
  environment(f) <- globalenv()
  environment(attached) <- globalenv()
  callr::r(attached, list(f, list(...), getOption("kestrel.kernel")), libpath = .libPaths(),
    env = c(callr::rcmd_safe_env(), TESTTHAT = "true"))
}

# A compiled model, and data that take it some epochs to learn.
trained_model <- function(epochs = 3, optimizer = optimizer_adam(0.01), dropout = TRUE,
                          verbose = 0, ...) {
  model <- keras_model_sequential(input_shape = 4) %>% layer_dense(8, activation = "tanh")
  if (dropout) model %>% layer_dropout(0.3)
  model %>% layer_batch_normalization() %>% layer_dense(2)
  model %>% compile(loss = "mse", optimizer = optimizer, metrics = "mae")
  model %>% fit(wave_x(), wave_y(), epochs = epochs, batch_size = 7, verbose = verbose, ...)
  model
}

wave_x <- function(n = 40, p = 4) matrix(sin(1.7 * seq_len(n * p)), n, p)
wave_y <- function(n = 40, k = 2) matrix(cos(2.3 * seq_len(n * k)), n, k)

# All that a fit decides, for comparison bit for bit.
model_state_of <- function(model) {
  state <- environment(model)
  list(weights = get_weights(model), optimizer = state$optimizer_state,
    loss = state$history$metrics)
}
