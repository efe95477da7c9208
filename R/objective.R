# The training loss of all samples, one batch of them, as a function of the trainable parameters:
# those of get_weights(model, trainable = TRUE), laid end to end. Penalties, weights of samples,
# reduction and the fusion of a loss with its activation are those of training. Samples are
# imported once, and a pass at the same parameters is made once; the model is never changed.

# list(pointer, n, p): n samples, p parameters, at first those of the model. With `training`,
# dropout and noise draw, the same numbers at each call, and batch normalization takes the
# statistics of the batch. A loss that is reduced by "none" is the sum, whose gradient it trains.
new_objective <- function(model, x, y, sample_weight = NULL, class_weight = NULL, training = FALSE,
                          seed = 0, precision = "float64", threads = 1L, call = caller_env()) {
  check_compiled(model, call)
  check_built(model, call)
  check_no_custom(model, "This analysis", call)
  data <- check_samples(model, x, y, sample_weight, class_weight, call)
  samples <- new_samples(data$x, data$y, data$weight)
  spec <- training_plan(model)
  spec$precision <- precision
  settings <- list(batch_size = samples$n, validation_batch_size = samples$n, threads = threads)
  train <- train_spec(model, samples, settings, seed, training = FALSE, call = call)
  train$metrics <- list()
  train$outputs <- lapply(train$outputs, reduced_output)
  w <- pack_weights(leaf_layers(model))
  pointer <- engine_objective(spec, train, samples, training, w, call)
  list(pointer = pointer, n = samples$n, p = length(engine_objective_get(pointer)))
}

reduced_output <- function(output) {
  if (output$reduction == "none") output$reduction <- "sum"
  output
}

objective_weights <- function(f) engine_objective_get(f$pointer)

objective_set <- function(f, w) {
  engine_objective_set(f$pointer, w)
  invisible(f)
}

objective_value <- function(f) engine_objective_value(f$pointer)

objective_gradient <- function(f) engine_objective_gradient(f$pointer)

# Products with a vector of p numbers, exact: of the Hessian, and of J' H J with the Jacobian J of
# what the losses see and the losses' Hessian H; penalties of parameters add their Hessian to
# both. At kinks (relu, absolute errors) they are as if the pieces were straight.
objective_hessian <- function(f, v) engine_objective_product(f$pointer, v)

objective_gauss_newton <- function(f, v) engine_objective_product(f$pointer, v, TRUE)

# n x p: the gradient by samples, without penalties of parameters; the rows sum to the rest. With
# batch normalization in training it is the part that goes through the sample.
objective_row_gradients <- function(f) engine_objective_rows(f$pointer)

# (n x numbers of an output) x p, the sample running fastest; `logits`: of what the loss sees, where
# it has taken over a softmax or sigmoid. objective_jvp() is its product with v, n x numbers.
objective_jacobian <- function(f, output = 1L, logits = FALSE) {
  engine_objective_jacobian(f$pointer, output - 1L, logits)
}

objective_jvp <- function(f, v, output = 1L, logits = FALSE) {
  engine_objective_jacobian(f$pointer, output - 1L, logits, v)
}
