# House prices: regression with k-fold validation, on the data that dataset_boston_housing()
# gives, which come with R.

# 102 rows are kept for the test, as there.
boston <- function() {
  skip_if_not_installed("MASS")
  x <- unname(as.matrix(MASS::Boston[, 1:13]))
  train_and_test(list(x = x, y = MASS::Boston$medv), 102)
}

test_that("book: k-fold validation of a regression", {
  local_script()
  dataset <- boston()
  c(c(train_data, train_targets), c(test_data, test_targets)) %<-% dataset

  mean <- apply(train_data, 2, mean)
  std <- apply(train_data, 2, sd)
  train_data <- scale(train_data, center = mean, scale = std)
  test_data <- scale(test_data, center = mean, scale = std)

  build_model <- function() {
    model <- keras_model_sequential() %>%
      layer_dense(units = 64, activation = "relu",
                  input_shape = dim(train_data)[[2]]) %>%
      layer_dense(units = 64, activation = "relu") %>%
      layer_dense(units = 1)
    model %>% compile(
      optimizer = "rmsprop",
      loss = "mse",
      metrics = c("mae")
    )
  }

  k <- 4
  indices <- sample(1:nrow(train_data))
  folds <- cut(indices, breaks = k, labels = FALSE)

  num_epochs <- 15
  all_scores <- c()
  all_mae_histories <- NULL
  for (i in 1:k) {
    # Prepare the validation data: data from partition # k
    val_indices <- which(folds == i, arr.ind = TRUE)
    val_data <- train_data[val_indices,]
    val_targets <- train_targets[val_indices]

    # Prepare the training data: data from all other partitions
    partial_train_data <- train_data[-val_indices,]
    partial_train_targets <- train_targets[-val_indices]

    model <- build_model()
    history <- model %>% fit(
      partial_train_data, partial_train_targets,
      validation_data = list(val_data, val_targets),
      epochs = num_epochs, batch_size = 4, verbose = 0
    )
    results <- model %>% evaluate(val_data, val_targets, verbose = 0)
    all_scores <- c(all_scores, results["mae"])
    all_mae_histories <- rbind(all_mae_histories, history$metrics$val_mae)
    expect_near(results[["mae"]], base::mean(abs(predict(model, val_data) - val_targets)), 1e-12)
  }
  average_mae_history <- data.frame(
    epoch = seq(1:ncol(all_mae_histories)),
    validation_mae = apply(all_mae_histories, 2, base::mean)
  )
  expect_identical(dim(all_mae_histories), c(4L, 15L))
  expect_near(average_mae_history$validation_mae[15], base::mean(all_scores), 1e-12)

  # Prices are in thousands; the book is "off by about 2,550 dollars".
  model <- build_model()
  model %>% fit(train_data, train_targets,
                epochs = 20, batch_size = 16, verbose = 0)
  result <- model %>% evaluate(test_data, test_targets)
  expect_lt(result[["mae"]], 4.5)
  expect_gt(result[["mae"]], 1.5)
})

test_that("tutorial: stopping early, and dots while it trains", {
  local_script()
  c(train_data, train_labels) %<-% boston()$train
  train_data <- scale(train_data)

  build_model <- function() {
    model <- keras_model_sequential() %>%
      layer_dense(units = 64, activation = "relu",
                  input_shape = dim(train_data)[2]) %>%
      layer_dense(units = 64, activation = "relu") %>%
      layer_dense(units = 1)

    model %>% compile(
      loss = "mse",
      optimizer = optimizer_rmsprop(),
      metrics = list("mean_absolute_error")
    )
    model
  }
  model <- build_model()
  expect_output(model %>% summary(), "Total params: 5121")

  # Display training progress by printing a single dot for each completed epoch.
  print_dot_callback <- callback_lambda(
    on_epoch_end = function(epoch, logs) {
      if (epoch %% 80 == 0) cat("\n")
      cat(".")
    }
  )
  # The patience parameter is the amount of epochs to check for improvement.
  early_stop <- callback_early_stopping(monitor = "val_loss", patience = 20)

  dots <- capture.output(history <- model %>% fit(
    train_data,
    train_labels,
    epochs = 500,
    validation_split = 0.2,
    verbose = 0,
    callbacks = list(early_stop, print_dot_callback)
  ))
  val_loss <- history$metrics$val_loss
  stopped <- length(val_loss)
  expect_identical(nchar(paste(dots, collapse = "")), stopped)
  expect_lt(stopped, 500)
  expect_identical(which.min(val_loss), stopped - 20L)
  expect_s3_class(
    plot(history, metrics = "mean_absolute_error", smooth = FALSE) +
      ggplot2::coord_cartesian(ylim = c(0, 5)), "ggplot")

  c(loss, mae) %<-% (model %>% evaluate(train_data, train_labels, verbose = 0))
  test_predictions <- model %>% predict(train_data)
  expect_near(mae, base::mean(abs(test_predictions[ , 1] - train_labels)), 1e-12)
})
