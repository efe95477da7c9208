# Gradients of the loss by all weights of a network: against central differences of the engine's own
# loss (below 1e-9 of the gradient's norm), and against complex steps in plain R (below 1e-13), for
# every row of the tables of layers, activations and losses. tools/gradients.R does the same for
# each layer with each activation and each loss.

expect_exact <- function(network, loss, label) {
  errors <- gradient_errors(network, loss)
  if (is.null(errors)) return(invisible())
  limits <- c(value = 1e-13, difference = 1e-9, complex = 1e-13)
  for (what in names(limits)) {
    expect(isTRUE(errors[[what]] < limits[[what]]),
      sprintf("%s, %s: error of the %s %.3g.", label, loss, what, errors[[what]]))
  }
}

test_that("there is a reference for every row of every table", {
  expect_setequal(names(gradient_activations), registry("activations")$name)
  expect_setequal(names(gradient_losses), registry("losses")$name)
  types <- lapply(gradient_layers, function(case) {
    layer <- case$make()
    input <- if (is_merging(layer)) list(case$dims, case$dims) else case$dims
    vapply(layer_nodes(layer, input), function(node) node$layer$name, "")
  })
  # What R computes itself is tested with the operations of R functions.
  expect_setequal(intersect(unlist(types), registry("layers")$name),
    setdiff(registry("layers")$name, c("outside", "weight")))
})

test_that("every layer hands on exact gradients, and has them by its weights", {
  set.seed(31)
  activations <- names(gradient_activations)
  losses <- names(gradient_losses)
  for (i in seq_along(gradient_layers)) {
    loss <- losses[(i - 1) %% length(losses) + 1]
    activation <- activations[(i - 1) %% length(activations) + 1]
    network <- gradient_network(gradient_layers[[i]], activation, head_of(loss))
    expect_exact(network, loss, paste(names(gradient_layers)[i], activation))
  }
})

# Dropped and noisy numbers are the same at each call; statistics are those of the batch.
test_that("every layer does so in training, too", {
  set.seed(34)
  for (name in names(gradient_layers)) {
    network <- gradient_network(gradient_layers[[name]], "tanh")
    error <- difference_error(smooth_case(network, "log_cosh", training = TRUE))
    expect(isTRUE(error < 1e-9), sprintf("%s: error of the difference %.3g.", name, error))
  }
})

# Each before every other loss, so that each loss is behind every other activation.
test_that("every activation does, before losses and inside of a network", {
  set.seed(32)
  layer <- gradient_layers$dense
  activations <- names(gradient_activations)
  for (i in seq_along(activations)) {
    activation <- activations[i]
    network <- gradient_network(layer, activation, "none")
    half <- seq_along(gradient_losses) %% 2 == i %% 2
    for (loss in names(gradient_losses)[half]) expect_exact(network, loss, activation)
    for (loss in c("mean_squared_error", "sparse_categorical_crossentropy")) {
      expect_exact(gradient_network(layer, activation, head_of(loss)), loss, paste(activation, head_of(loss)))
    }
  }
})
