# "Imbalanced classification": few frauds among many payments, found with class weights.

test_that("guide: class weights find the rare class", {
  local_script()
  n <- 1200
  features <- matrix(rnorm(n * 8), n)
  targets <- as.integer(rowSums(features[, 1:3]) + rnorm(n) > 3.5)
  train_features <- features[1:900, ]
  train_targets <- targets[1:900]
  val_features <- features[901:1200, ]
  val_targets <- targets[901:1200]

  counts <- table(train_targets)
  weight_for_0 = as.numeric(1 / counts["0"])
  weight_for_1 = as.numeric(1 / counts["1"])

  means <- colMeans(train_features)
  train_features <- scale(train_features, center = means)
  val_features <- scale(val_features, center = means, scale = attr(train_features, "scaled:scale"))

  make_model <- function() {
    keras_model_sequential(input_shape = ncol(train_features)) |>
      layer_dense(32, activation = "relu") |>
      layer_dense(32, activation = "relu") |>
      layer_dropout(0.3) |>
      layer_dense(32, activation = "relu") |>
      layer_dropout(0.3) |>
      layer_dense(1, activation = "sigmoid")
  }
  model <- make_model()

  metrics <- list(
    metric_false_negatives(name = "fn"),
    metric_false_positives(name = "fp"),
    metric_true_negatives(name = "tn"),
    metric_true_positives(name = "tp"),
    metric_precision(name = "precision"),
    metric_recall(name = "recall")
  )
  model |> compile(
    optimizer = optimizer_adam(1e-2),
    loss = "binary_crossentropy",
    metrics = metrics
  )

  folder <- withr::local_tempdir()
  callbacks <- list(
    callback_model_checkpoint(file.path(folder, "fraud_model_at_epoch_{epoch}.rds"))
  )

  class_weight <- list("0" = weight_for_0,
                       "1" = weight_for_1)

  history <- model |> fit(
    train_features, train_targets,
    validation_data = list(val_features, val_targets),
    class_weight = class_weight,
    batch_size = 256,
    epochs = 15,
    callbacks = callbacks
  )
  expect_setequal(names(history$metrics), outer(c("loss", "fn", "fp", "tn", "tp", "precision",
    "recall"), c("", "val_"), function(name, side) paste0(side, name)))
  expect_setequal(list.files(folder), sprintf("fraud_model_at_epoch_%d.rds", 1:15))

  m <- history$metrics
  expect_identical(m$fn + m$fp + m$tn + m$tp, rep(900, 15))
  expect_near(m$recall, m$tp / (m$tp + m$fn), 1e-12)

  val_pred <- model |> predict(val_features) %>%
    { as.integer(. > 0.5) }
  found <- table(factor(val_pred, 0:1), factor(val_targets, 0:1))
  expect_identical(unname(c(m$val_tn[15], m$val_fp[15], m$val_fn[15], m$val_tp[15])),
    as.double(found))

  # More frauds are found than without weights.
  plain <- make_model()
  plain |> compile(optimizer = optimizer_adam(1e-2), loss = "binary_crossentropy")
  plain |> fit(train_features, train_targets, batch_size = 256, epochs = 15)
  recall <- function(model) mean(predict(model, train_features)[train_targets == 1] > 0.5)
  expect_gt(recall(model), recall(plain))
  expect_gt(m$val_recall[15], 0.5)
})
