# Autoencoders: digits squeezed through a few numbers, and frauds found by what cannot be
# restored. In place of dataset_mnist() stand made images of 8 x 8, in place of card payments
# flowers of another kind.

# Bars of light: an image is told by two numbers, where its bars lie.
made_images <- function(n) {
  row <- sample(8, n, replace = TRUE)
  column <- sample(8, n, replace = TRUE)
  images <- vapply(seq_len(n), function(i) {
    pmax(outer(dnorm(1:8, row[i]), rep(1, 8)), outer(rep(1, 8), dnorm(1:8, column[i]))) / dnorm(0)
  }, matrix(0, 8, 8))
  aperm(images, c(3, 1, 2))
}

test_that("blog: the simplest autoencoder, its encoder and its decoder", {
  local_script()
  x_train <- made_images(256)
  x_test <- made_images(64)

  x_train <- array_reshape(x_train, c(nrow(x_train), 64))
  x_test <- array_reshape(x_test, c(nrow(x_test), 64))

  # this is the size of our encoded representations
  encoding_dim <- 16

  # this is our input placeholder
  input_img <- layer_input(shape = c(64))
  # "encoded" is the encoded representation of the input
  encoded <- layer_dense(input_img, encoding_dim, activation = 'relu')
  # "decoded" is the lossy reconstruction of the input
  decoded <- layer_dense(encoded, 64, activation = 'sigmoid')

  # this model maps an input to its reconstruction
  autoencoder <- keras_model(input_img, decoded)

  # this model maps an input to its encoded representation
  encoder <- keras_model(input_img, encoded)

  # create a placeholder for an encoded input
  encoded_input <- layer_input(shape = c(encoding_dim))
  # retrieve the last layer of the autoencoder model
  decoder_layer <- tail(autoencoder$layers, 1)[[1]]
  # create the decoder model
  decoder <- keras_model(encoded_input, decoder_layer(encoded_input))

  autoencoder %>% compile(optimizer = 'adam', loss = 'binary_crossentropy')
  history <- autoencoder %>% fit(
    x_train, x_train,
    epochs = 60,
    batch_size = 32,
    shuffle = TRUE,
    validation_data = list(x_test, x_test)
  )
  expect_true(falls(history$metrics$val_loss))

  encoded_imgs <- encoder %>% predict(x_test)
  decoded_imgs <- decoder %>% predict(encoded_imgs)
  expect_identical(dim(encoded_imgs), c(64L, 16L))
  expect_near(decoded_imgs, predict(autoencoder, x_test), 1e-12)
  # Better than to know the mean image.
  mean_image <- matrix(colMeans(x_train), 64, 64, byrow = TRUE)
  expect_lt(mean((decoded_imgs - x_test)^2), 0.6 * mean((mean_image - x_test)^2))
})

test_that("blog: what an autoencoder of the usual cannot restore is unusual", {
  local_script()
  normal <- iris$Species != "virginica"
  x <- scale(as.matrix(iris[1:4]))
  train <- seq_len(150) %% 3 != 0
  x_train <- x[train, ]
  x_test <- x[!train, ]
  y_train <- as.numeric(!normal)[train]
  y_test <- as.numeric(!normal)[!train]

  model <- keras_model_sequential()
  model %>%
    layer_dense(units = 15, activation = "tanh", input_shape = ncol(x_train)) %>%
    layer_dense(units = 2, activation = "tanh") %>%
    layer_dense(units = 15, activation = "tanh") %>%
    layer_dense(units = ncol(x_train))
  model %>% compile(
    loss = "mean_squared_error",
    optimizer = "adam"
  )

  folder <- withr::local_tempdir()
  checkpoint <- callback_model_checkpoint(
    filepath = file.path(folder, "model.rds"),
    save_best_only = TRUE,
    period = 1,
    verbose = 0
  )
  early_stopping <- callback_early_stopping(patience = 5)

  history <- model %>% fit(
    x = x_train[y_train == 0, ],
    y = x_train[y_train == 0, ],
    epochs = 100,
    batch_size = 16,
    validation_data = list(x_test[y_test == 0, ], x_test[y_test == 0, ]),
    callbacks = list(checkpoint, early_stopping)
  )
  best <- readRDS(file.path(folder, "model.rds"))
  score <- evaluate(best, x = x_test[y_test == 0, ], y = x_test[y_test == 0, ])
  expect_near(score$loss, min(history$metrics$val_loss), 1e-10)

  pred_test <- predict(best, x_test)
  mse_test <- apply((x_test - pred_test)^2, 1, sum)
  ranks <- rank(mse_test)
  auc <- (sum(ranks[y_test == 1]) - 17 * 16 / 2) / (sum(y_test) * sum(1 - y_test))
  expect_gt(auc, 0.6)
})
