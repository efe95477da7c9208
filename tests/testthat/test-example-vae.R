# A variational autoencoder, as the guides of R keras write it: two numbers tell of an image, drawn
# from a normal distribution that the encoder gives, which is kept near the standard one.

digit_like <- function(n) {
  set.seed(11)
  kind <- sample(4, n, replace = TRUE)
  shapes <- rbind(rep(c(1, 0), c(8, 8)), rep(c(0, 1), c(8, 8)), rep(c(1, 0), 8), rep(c(0, 0, 1, 1), 4))
  list(x = pmin(pmax(shapes[kind, ] * 0.9 + matrix(runif(16 * n, 0, 0.1), n), 0), 1), kind = kind)
}

test_that("guide: a VAE with a sampling layer and a KL term", {
  local_script()
  images <- digit_like(256)
  x_train <- images$x
  original_dim <- 16L
  latent_dim <- 2L

  Sampling <- new_layer_class(
    "Sampling",
    call = function(inputs) {
      z_mean <- inputs[[1]]
      z_log_var <- inputs[[2]]
      epsilon <- k_random_normal(shape = k_shape(z_mean))
      kl_loss <- -0.5 * k_sum(1 + z_log_var - k_square(z_mean) - k_exp(z_log_var), axis = -1)
      self$add_loss(k_mean(kl_loss))
      z_mean + k_exp(0.5 * z_log_var) * epsilon
    }
  )
  x <- layer_input(shape = original_dim)
  h <- x %>% layer_dense(16, activation = "relu")
  z_mean <- h %>% layer_dense(latent_dim, name = "z_mean")
  z_log_var <- h %>% layer_dense(latent_dim, name = "z_log_var")
  z <- Sampling(list(z_mean, z_log_var))

  decoder_h <- layer_dense(units = 16, activation = "relu")
  decoder_mean <- layer_dense(units = original_dim, activation = "sigmoid")
  vae <- keras_model(x, decoder_mean(decoder_h(z)))
  encoder <- keras_model(x, z_mean)
  decoder_input <- layer_input(shape = latent_dim)
  generator <- keras_model(decoder_input, decoder_mean(decoder_h(decoder_input)))

  reconstruction <- function(x, x_decoded) original_dim * loss_binary_crossentropy(x, x_decoded)
  vae %>% compile(optimizer = optimizer_adam(0.01), loss = reconstruction)
  history <- vae %>% fit(x_train, x_train, epochs = 40, batch_size = 32)
  expect_true(falls(history$metrics$loss))

  # The loss is the reconstruction's and the divergence's, for noise that set.seed() repeats.
  means <- predict(encoder, x_train)
  log_vars <- predict(keras_model(x, z_log_var), x_train)
  set.seed(8)
  drawn <- means + exp(log_vars / 2) * matrix(rnorm(2 * 256), 256)
  decoded <- predict(generator, drawn)
  cross <- -rowSums(x_train * log(decoded) + (1 - x_train) * log(1 - decoded))
  kl <- -rowSums(1 + log_vars - means^2 - exp(log_vars)) / 2
  set.seed(8)
  score <- evaluate(vae, x_train, x_train, batch_size = 256)
  expect_equal(score[["loss"]], mean(cross) + mean(kl), tolerance = 1e-10)
  expect_gt(mean(kl), 0.1)

  # Kinds of images are apart in the plane, and the middle of one is decoded to such an image.
  middle <- apply(means, 2, function(column) tapply(column, images$kind, mean))
  nearest <- apply(means, 1, function(p) which.min(colSums((t(middle) - p)^2)))
  expect_gt(mean(nearest == images$kind), 0.9)
  expect_lt(mean((predict(generator, middle) - rowsum(x_train, images$kind) / tabulate(images$kind))^2), 0.03)
})

test_that("example: a VAE whose loss function reads the encoder's tensors", {
  local_script()
  images <- digit_like(256)
  x_train <- images$x
  batch_size <- 32L
  original_dim <- 16L
  latent_dim <- 3L
  intermediate_dim <- 16L
  epsilon_std <- 1.0

  x <- layer_input(shape = c(original_dim))
  h <- layer_dense(x, intermediate_dim, activation = "relu")
  z_mean <- layer_dense(h, latent_dim)
  z_log_var <- layer_dense(h, latent_dim)
  sampling <- function(arg) {
    z_mean <- arg[, 1:(latent_dim)]
    z_log_var <- arg[, (latent_dim + 1):(2 * latent_dim)]
    epsilon <- k_random_normal(
      shape = c(k_shape(z_mean)[[1]]),
      mean = 0.,
      stddev = epsilon_std
    )
    z_mean + k_exp(z_log_var / 2) * epsilon
  }
  z <- layer_concatenate(list(z_mean, z_log_var)) %>%
    layer_lambda(sampling)

  decoder_h <- layer_dense(units = intermediate_dim, activation = "relu")
  decoder_mean <- layer_dense(units = original_dim, activation = "sigmoid")
  h_decoded <- decoder_h(z)
  x_decoded_mean <- decoder_mean(h_decoded)
  vae <- keras_model(x, x_decoded_mean)
  encoder <- keras_model(x, z_mean)
  decoder_input <- layer_input(shape = latent_dim)
  h_decoded_2 <- decoder_h(decoder_input)
  x_decoded_mean_2 <- decoder_mean(h_decoded_2)
  generator <- keras_model(decoder_input, x_decoded_mean_2)

  vae_loss <- function(x, x_decoded_mean) {
    xent_loss <- (original_dim / 1.0) * loss_binary_crossentropy(x, x_decoded_mean)
    kl_loss <- -0.5 * k_mean(1 + z_log_var - k_square(z_mean) - k_exp(z_log_var), axis = -1L)
    xent_loss + kl_loss
  }
  vae %>% compile(optimizer = optimizer_rmsprop(0.005), loss = vae_loss)
  history <- vae %>% fit(x_train, x_train, shuffle = TRUE, epochs = 30, batch_size = batch_size,
    validation_data = list(x_train, x_train))
  expect_true(falls(history$metrics$val_loss))

  # One number is drawn for each place of the code, as `epsilon` has the last dim of `z_mean` alone.
  means <- predict(encoder, x_train)
  log_vars <- predict(keras_model(x, z_log_var), x_train)
  set.seed(8)
  decoded <- predict(generator, means + sweep(exp(log_vars / 2), 2, rnorm(3), `*`))
  cross <- -rowSums(x_train * log(decoded) + (1 - x_train) * log(1 - decoded))
  kl <- -rowMeans(1 + log_vars - means^2 - exp(log_vars)) / 2
  set.seed(8)
  score <- evaluate(vae, x_train, x_train, batch_size = 256)
  expect_equal(score[["loss"]], mean(cross) + mean(kl), tolerance = 1e-10)
  expect_gt(mean(kl), 0.1)
})

test_that("book: a VAE whose layer reads the encoder's tensors and has the loss", {
  skip_if_not_installed("R6")
  local_script()
  x_train <- digit_like(256)$x
  latent_dim <- 2L
  input_img <- layer_input(shape = 16)
  h <- input_img %>% layer_dense(16, activation = "relu")
  z_mean <- h %>% layer_dense(latent_dim)
  z_log_var <- h %>% layer_dense(latent_dim)
  sampling <- function(args) {
    c(z_mean, z_log_var) %<-% args
    epsilon <- k_random_normal(shape = list(k_shape(z_mean)[1], latent_dim), mean = 0, stddev = 1)
    z_mean + k_exp(z_log_var) * epsilon
  }
  z <- list(z_mean, z_log_var) %>%
    layer_lambda(sampling)

  decoder_input <- layer_input(k_int_shape(z)[-1])
  x <- decoder_input %>%
    layer_dense(16, activation = "relu") %>%
    layer_dense(16, activation = "sigmoid")
  decoder <- keras_model(decoder_input, x)
  z_decoded <- decoder(z)

  CustomVariationalLayer <- R6::R6Class("CustomVariationalLayer",
    inherit = KerasLayer,
    public = list(
      vae_loss = function(x, z_decoded) {
        x <- k_flatten(x)
        z_decoded <- k_flatten(z_decoded)
        xent_loss <- metric_binary_crossentropy(x, z_decoded)
        kl_loss <- -5e-4 * k_mean(
          1 + z_log_var - k_square(z_mean) - k_exp(z_log_var),
          axis = -1L
        )
        k_mean(xent_loss + kl_loss)
      },
      call = function(inputs, mask = NULL) {
        x <- inputs[[1]]
        z_decoded <- inputs[[2]]
        loss <- self$vae_loss(x, z_decoded)
        self$add_loss(loss, inputs = inputs)
        x
      }
    )
  )
  layer_variational <- function(object) {
    create_layer(CustomVariationalLayer, object, list())
  }
  y <- list(input_img, z_decoded) %>%
    layer_variational()
  vae <- keras_model(input_img, y)
  vae %>% compile(
    optimizer = optimizer_rmsprop(0.005),
    loss = NULL
  )
  history <- vae %>% fit(
    x = x_train, y = NULL,
    epochs = 20,
    batch_size = 32,
    validation_data = list(x_train, NULL)
  )
  expect_true(falls(history$metrics$val_loss))

  means <- predict(keras_model(input_img, z_mean), x_train)
  log_vars <- predict(keras_model(input_img, z_log_var), x_train)
  set.seed(8)
  decoded <- predict(decoder, means + exp(log_vars) * matrix(rnorm(2 * 256), 256))
  decoded <- pmin(pmax(decoded, 1e-7), 1 - 1e-7)
  cross <- -mean(x_train * log(decoded) + (1 - x_train) * log(1 - decoded))
  kl <- -5e-4 * mean(1 + log_vars - means^2 - exp(log_vars))
  set.seed(8)
  expect_equal(evaluate(vae, x_train, NULL, batch_size = 256)[["loss"]], cross + kl, tolerance = 1e-10)
})

test_that("the gradient of a VAE for fixed noise is that of differences", {
  set.seed(2)
  x <- matrix(runif(12), 4)
  noise <- matrix(rnorm(8), 4)
  input <- layer_input(3)
  both <- layer_concatenate(list(layer_dense(input, 2), layer_dense(input, 2)))
  z <- both %>% layer_lambda(function(arg) arg[, 1:2] + k_exp(arg[, 3:4] / 2) * noise[seq_len(nrow(arg)), ])
  model <- keras_model(input, layer_dense(z, 3, activation = "sigmoid"))
  model %>% compile(loss = "binary_crossentropy", optimizer = "sgd")
  given <- unlist(with_gradient(model, x, x)$gradients)
  w <- get_weights(model)
  loss_at <- function(flat) {
    set_weights(model, kestrel:::apart(flat, w))
    evaluate(model, x, x, verbose = 0)[["loss"]]
  }
  by_differences <- vapply(seq_along(unlist(w)), function(i) {
    h <- replace(0 * unlist(w), i, 1e-5)
    (loss_at(unlist(w) + h) - loss_at(unlist(w) - h)) / 2e-5
  }, 0)
  expect_lt(sqrt(sum((given - by_differences)^2) / sum(by_differences^2)), 1e-8)
})
