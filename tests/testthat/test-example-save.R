# "Save and restore models": checkpoints while training, and models by hand, in R's own files.

test_that("tutorial: weights and whole models survive", {
  local_script()
  folder <- withr::local_tempdir()
  withr::local_dir(folder)
  x <- scale(as.matrix(iris[1:4]))
  y <- as.integer(iris$Species) - 1
  rows <- seq_len(150) %% 3 == 0

  # Returns a short sequential model
  create_model <- function() {
    model <- keras_model_sequential() %>%
      layer_dense(units = 16, activation = "relu", input_shape = 4) %>%
      layer_dropout(0.2) %>%
      layer_dense(units = 3, activation = "softmax")
    model %>% compile(
      optimizer = "adam",
      loss = "sparse_categorical_crossentropy",
      metrics = list("accuracy")
    )
    model
  }
  model <- create_model()
  expect_output(model %>% summary(), "Total params: 131")

  checkpoint_dir <- "checkpoints"
  dir.create(checkpoint_dir, showWarnings = FALSE)
  filepath <- file.path(checkpoint_dir, "weights.{epoch:02d}-{val_loss:.2f}.rds")

  # Create checkpoint callback
  cp_callback <- callback_model_checkpoint(
    filepath = filepath,
    save_weights_only = TRUE,
    period = 5,
    verbose = 1
  )
  expect_output(history <- model %>% fit(
    x[!rows, ], y[!rows],
    epochs = 10,
    validation_data = list(x[rows, ], y[rows]),
    callbacks = list(cp_callback),  # pass callback to training
    verbose = 0
  ), "weights.10-")
  files <- list.files(checkpoint_dir)
  expect_identical(files, sprintf("weights.%02d-%.2f.rds", c(5, 10), history$metrics$val_loss[c(5, 10)]))

  # "An untrained model will perform at chance levels", then its weights are loaded.
  fresh_model <- create_model()
  set_weights(fresh_model, readRDS(file.path(checkpoint_dir, files[2])))
  score <- fresh_model %>% evaluate(x[rows, ], y[rows], verbose = 0)
  expect_near(score[["loss"]], tail(history$metrics$val_loss, 1), 1e-12)
  expect_identical(score, model %>% evaluate(x[rows, ], y[rows], verbose = 0))

  # The whole model: weights, architecture, and the optimizer, which goes on where it was.
  saveRDS(model, "my_model.rds")
  new_model <- readRDS("my_model.rds")
  expect_output(new_model %>% summary(), "Total params: 131")
  expect_identical(new_model %>% predict(x), model %>% predict(x))
  go_on <- function(model) {
    set.seed(2)
    model %>% fit(x, y, epochs = 2)
    get_weights(model)
  }
  expect_identical(go_on(new_model), go_on(model))

  # Only the best model is kept.
  best <- callback_model_checkpoint("best.rds", monitor = "val_accuracy", save_best_only = TRUE)
  history <- create_model() %>% fit(x[!rows, ], y[!rows], epochs = 8,
    validation_data = list(x[rows, ], y[rows]), callbacks = best)
  score <- readRDS("best.rds") %>% evaluate(x[rows, ], y[rows])
  expect_identical(score[["accuracy"]], max(history$metrics$val_accuracy))

  # Architecture without weights.
  again <- from_config(get_config(model))
  expect_identical(lapply(get_weights(again), dim), lapply(get_weights(model), dim))
  again %>% set_weights(get_weights(model))
  expect_identical(again %>% predict(x), model %>% predict(x))
})
