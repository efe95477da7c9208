# A generative adversarial network of vectors, as R keras scripts make one of images.
test_that("a discriminator is trained by itself, and the generator through it", {
  set.seed(42)
  latent_dim <- 2
  n <- 256
  real <- cbind(rnorm(n, 2, 0.3), rnorm(n, -1, 0.3))
  generator <- keras_model_sequential(name = "generator") %>%
    layer_dense(units = 8, input_shape = latent_dim) %>%
    layer_activation_leaky_relu(alpha = 0.2) %>%
    layer_dense(units = 2)
  discriminator <- keras_model_sequential(name = "discriminator") %>%
    layer_dense(units = 16, input_shape = 2) %>%
    layer_activation_leaky_relu(alpha = 0.2) %>%
    layer_dropout(0.2) %>%
    layer_dense(units = 1, activation = "sigmoid")
  discriminator %>% compile(optimizer = optimizer_rmsprop(learning_rate = 4e-3, clipvalue = 1, decay = 1e-8),
    loss = "binary_crossentropy")
  freeze_weights(discriminator)
  gan_input <- layer_input(shape = c(latent_dim))
  gan <- keras_model(gan_input, discriminator(generator(gan_input)))
  gan %>% compile(optimizer = optimizer_rmsprop(learning_rate = 4e-3, clipvalue = 1, decay = 1e-8),
    loss = "binary_crossentropy")

  warnings <- 0
  distance <- function() sqrt(sum((colMeans(generator %>% predict(latent)) - colMeans(real))^2))
  latent <- matrix(rnorm(200), 100)
  before <- distance()
  withCallingHandlers(for (step in 1:300) {
    rows <- sample(n, 32)
    random_latent_vectors <- matrix(rnorm(32 * latent_dim), nrow = 32)
    generated_images <- generator %>% predict(random_latent_vectors)
    combined_images <- rbind(generated_images, real[rows, ])
    labels <- rbind(matrix(1, nrow = 32, ncol = 1), matrix(0, nrow = 32, ncol = 1))
    labels <- labels + (0.1 * array(runif(prod(dim(labels))), dim = dim(labels)))
    fixed <- get_weights(generator)
    d_loss <- discriminator %>% train_on_batch(combined_images, labels)
    expect_identical(get_weights(generator), fixed)
    fixed <- get_weights(discriminator)
    a_loss <- gan %>% train_on_batch(random_latent_vectors, array(0, dim = c(32, 1)))
    expect_identical(get_weights(discriminator), fixed)
  }, kestrel_warning_target_range = function(w) {
    warnings <<- warnings + 1
    invokeRestart("muffleWarning")
  })
  expect_identical(warnings, 1)
  expect_true(is.finite(d_loss) && is.finite(a_loss))
  expect_lt(distance(), before / 3)
})

test_that("a critic with clipped weights and a loss of its own tells fakes from real ones", {
  set.seed(4)
  wasserstein_loss <- function(y_true, y_pred) k_mean(y_true * y_pred)
  clip <- function(w) k_clip(w, -0.05, 0.05)
  critic <- keras_model_sequential() %>%
    layer_dense(16, "relu", input_shape = 2, kernel_constraint = clip) %>%
    layer_dense(1, kernel_constraint = clip)
  critic %>% compile(loss = wasserstein_loss, optimizer = optimizer_rmsprop(learning_rate = 5e-3))
  generator <- keras_model_sequential() %>% layer_dense(8, "relu", input_shape = 3) %>% layer_dense(2)
  critic$trainable <- FALSE
  z <- layer_input(shape = 3)
  combined <- keras_model(z, critic(generator(z)))
  combined %>% compile(loss = wasserstein_loss, optimizer = optimizer_rmsprop(learning_rate = 5e-4))
  real <- cbind(rnorm(64, 3), rnorm(64, -2))
  for (i in 1:20) {
    noise <- matrix(rnorm(96), 32)
    fake <- predict_on_batch(generator, noise)
    for (j in 1:3) {
      critic %>% train_on_batch(real[sample(64, 32), ], matrix(-1, 32))
      critic %>% train_on_batch(fake, matrix(1, 32))
    }
    combined %>% train_on_batch(noise, matrix(-1, 32))
  }
  kernels <- Filter(is.matrix, get_weights(critic))
  expect_lte(max(abs(unlist(kernels))), 0.05)
  expect_gt(mean(predict(critic, real)), mean(predict(critic, fake)))
})
