# "Basic regression": how far cars go on a gallon, with a layer that scales its inputs. In place
# of the Auto MPG data stand others of the same kind that come with R.

test_that("tutorial: fuel efficiency by linear and deep models", {
  skip_if_not_installed("MASS")
  local_script()
  dataset <- with(MASS::Cars93, data.frame(mpg = MPG.city, displacement = EngineSize,
    horsepower = Horsepower, weight = Weight, length = Length, origin = Origin))
  dataset <- cbind(dataset[names(dataset) != "origin"], model.matrix(~ origin - 1, dataset))

  train_dataset <- dataset[1:93 %% 5 != 0, ]
  test_dataset <- dataset[1:93 %% 5 == 0, ]

  train_features <- train_dataset[names(train_dataset) != "mpg"]
  test_features <- test_dataset[names(test_dataset) != "mpg"]
  train_labels <- train_dataset["mpg"]
  test_labels <- test_dataset["mpg"]

  normalizer <- layer_normalization(axis = -1L)
  normalizer %>% adapt(as.matrix(train_features))
  first <- as.matrix(train_features[1, ])
  expect_near(as.vector(normalizer$mean), unname(colMeans(train_features)), 1e-12)
  sds <- sapply(train_features, function(x) sqrt(mean((x - mean(x))^2)))
  expect_near(as.vector(as.matrix(normalizer(first))), as.vector((first - colMeans(train_features)) / sds), 1e-9)

  # Linear regression with one variable
  horsepower <- matrix(train_features$horsepower)
  horsepower_normalizer <- layer_normalization(input_shape = shape(1), axis = NULL)
  horsepower_normalizer %>% adapt(horsepower)

  horsepower_model <- keras_model_sequential() %>%
    horsepower_normalizer() %>%
    layer_dense(units = 1)
  expect_output(summary(horsepower_model), "normalization")
  expect_identical(dim(predict(horsepower_model, horsepower[1:10, ])), c(10L, 1L))

  horsepower_model %>% compile(
    optimizer = optimizer_adam(learning_rate = 0.1),
    loss = 'mean_absolute_error'
  )
  history <- horsepower_model %>% fit(
    as.matrix(train_features$horsepower),
    as.matrix(train_labels),
    epochs = 200,
    # Suppress logging.
    verbose = 0,
    # Calculate validation results on 20% of the training data.
    validation_split = 0.2
  )
  test_results <- list()
  test_results[["horsepower_model"]] <- horsepower_model %>% evaluate(
    as.matrix(test_features$horsepower),
    as.matrix(test_labels),
    verbose = 0
  )
  x <- seq(0, 250, length.out = 251)
  y <- predict(horsepower_model, x)
  expect_lt(max(abs(diff(y[, 1], differences = 2))), 1e-9)
  expect_lt(y[251], y[1])

  # Linear regression with multiple inputs
  linear_model <- keras_model_sequential() %>%
    normalizer() %>%
    layer_dense(units = 1)
  expect_identical(dim(linear_model %>% predict(as.matrix(train_features[1:10, ]))), c(10L, 1L))
  expect_identical(dim(linear_model$layers[[2]]$kernel), c(6L, 1L))
  linear_model %>% compile(
    optimizer = optimizer_adam(learning_rate = 0.1),
    loss = 'mean_absolute_error'
  )
  history <- linear_model %>% fit(
    as.matrix(train_features),
    as.matrix(train_labels),
    epochs = 200,
    verbose = 0,
    validation_split = 0.2
  )
  test_results[['linear_model']] <- linear_model %>%
    evaluate(
      as.matrix(test_features),
      as.matrix(test_labels),
      verbose = 0
    )

  # A DNN regression
  build_and_compile_model <- function(norm) {
    model <- keras_model_sequential() %>%
      norm() %>%
      layer_dense(64, activation = 'relu') %>%
      layer_dense(64, activation = 'relu') %>%
      layer_dense(1)

    model %>% compile(
      loss = 'mean_absolute_error',
      optimizer = optimizer_adam(0.001)
    )

    model
  }
  dnn_model <- build_and_compile_model(normalizer)
  history <- dnn_model %>% fit(
    as.matrix(train_features),
    as.matrix(train_labels),
    validation_split = 0.2,
    verbose = 0,
    epochs = 100
  )
  test_results[['dnn_model']] <- dnn_model %>% evaluate(
    as.matrix(test_features),
    as.matrix(test_labels),
    verbose = 0
  )
  results <- sapply(test_results, function(x) x)
  expect_named(results, c("horsepower_model.loss", "linear_model.loss", "dnn_model.loss"))
  mean_only <- mean(abs(test_labels$mpg - median(train_labels$mpg)))
  expect_true(all(results < mean_only))

  test_predictions <- predict(dnn_model, as.matrix(test_features))
  expect_near(results[["dnn_model.loss"]], mean(abs(test_predictions[, 1] - test_labels$mpg)), 1e-12)

  file <- withr::local_tempfile(fileext = ".rds")
  saveRDS(dnn_model, file)
  reloaded <- readRDS(file)
  test_results[['reloaded']] <- reloaded %>% evaluate(
    as.matrix(test_features),
    as.matrix(test_labels),
    verbose = 0
  )
  expect_identical(test_results$reloaded, test_results$dnn_model)
})
