# W8: iris by nnet, 4-8-3, 200 iterations of BFGS from ten random starts, and by kestrel's Adam
# to the same training loss, 8 tanh units, all rows at once. How many epochs that takes is
# found first, then as many are measured.

iris_epochs <- 20000

iris_model <- function(seed) {
  k_set_floatx("float64")
  set.seed(seed)
  model <- keras_model_sequential() %>%
    layer_dense(8, activation = "tanh", input_shape = 4) %>%
    layer_dense(3, activation = "softmax")
  model %>% compile(loss = "sparse_categorical_crossentropy", optimizer = optimizer_adam(0.03))
  model
}

iris_run <- function(seed) {
  x <- as.matrix(iris[, 1:4])
  codes <- as.integer(iris$Species) - 1
  y <- one_hot(codes, 3)
  bfgs <- timed(for (again in 1:10) {
    set.seed(seed)
    net <- nnet::nnet(x, y, size = 8, softmax = TRUE, maxit = 200, trace = FALSE)
  }) / 10
  train <- function(epochs) {
    fit(iris_model(seed), x, codes, batch_size = 150, epochs = epochs, verbose = 0)
  }
  losses <- train(iris_epochs)$metrics$loss
  epochs <- which(losses <= net$value / nrow(x))[1]
  adam <- if (is.na(epochs)) NA else timed(train(epochs))[["cpu"]]
  data.frame(seed = seed, loss = net$value / nrow(x), nnet = bfgs[["cpu"]], kestrel = adam,
             epochs = epochs)
}

run_iris <- function(seeds) do.call(rbind, lapply(seeds, iris_run))
