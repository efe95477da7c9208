# W8: iris by nnet, 4-8-3, 200 iterations of BFGS from ten random starts, and by kestrel to the same
# training loss, 8 tanh units, all rows at once: by L-BFGS, Levenberg-Marquardt and Adam. How many
# epochs that takes is found first, then as many are measured; models are made before.

iris_optimizers <- list(
  lbfgs = list(make = function() optimizer_lbfgs(), epochs = 1000, again = 10),
  levenberg_marquardt = list(make = function() optimizer_levenberg_marquardt(), epochs = 500, again = 1),
  adam = list(make = function() optimizer_adam(0.03), epochs = 20000, again = 1)
)

iris_model <- function(seed, optimizer) {
  k_set_floatx("float64")
  set.seed(seed)
  model <- keras_model_sequential() %>%
    layer_dense(8, activation = "tanh", input_shape = 4) %>%
    layer_dense(3, activation = "softmax")
  model %>% compile(loss = "sparse_categorical_crossentropy", optimizer = optimizer)
  model
}

iris_to <- function(loss, seed, by) {
  x <- as.matrix(iris[, 1:4])
  codes <- as.integer(iris$Species) - 1
  train <- function(model, epochs) {
    fit(model, x, codes, batch_size = 150, epochs = epochs, verbose = 0)
  }
  losses <- train(iris_model(seed, by$make()), by$epochs)$metrics$loss
  epochs <- which(losses <= loss)[1]
  if (is.na(epochs)) return(list(epochs = NA, seconds = NA))
  models <- lapply(seq_len(by$again), function(i) iris_model(seed, by$make()))
  list(epochs = epochs, seconds = timed(for (model in models) train(model, epochs))[["cpu"]] / by$again)
}

iris_run <- function(seed) {
  x <- as.matrix(iris[, 1:4])
  y <- one_hot(as.integer(iris$Species) - 1, 3)
  bfgs <- timed(for (again in 1:10) {
    set.seed(seed)
    net <- nnet::nnet(x, y, size = 8, softmax = TRUE, maxit = 200, trace = FALSE)
  }) / 10
  loss <- net$value / nrow(x)
  runs <- lapply(iris_optimizers, function(by) iris_to(loss, seed, by))
  data.frame(seed = seed, loss = loss, nnet = bfgs[["cpu"]], optimizer = names(runs),
             epochs = vapply(runs, `[[`, 0, "epochs"), seconds = vapply(runs, `[[`, 0, "seconds"))
}

run_iris <- function(seeds) {
  iris_run(seeds[1])
  table <- do.call(rbind, lapply(seeds, iris_run))
  rownames(table) <- NULL
  table
}
