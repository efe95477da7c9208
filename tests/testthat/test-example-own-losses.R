# Losses of one's own that R keras scripts use with dense networks: mixtures, pairs, quantiles, rare
# classes.

test_that("a mixture density network finds both branches, and their weights", {
  local_script()
  n <- 300
  x <- runif(n)
  upper <- runif(n) < 0.3
  y <- ifelse(upper, 1, -1) * (0.5 + x) + rnorm(n, sd = 0.1)
  k <- 2

  mdn_loss <- function(y_true, y_pred) {
    log_alpha <- op_log_softmax(y_pred[, 1:k])
    mu <- y_pred[, k + 1:k]
    log_sigma <- y_pred[, 2 * k + 1:k]
    log_density <- -0.5 * k_square((y_true - mu) / k_exp(log_sigma)) - log_sigma - 0.5 * log(2 * pi)
    -k_logsumexp(log_alpha + log_density, axis = -1)
  }
  model <- keras_model_sequential(input_shape = 1) %>%
    layer_dense(8, activation = "tanh") %>%
    layer_dense(3 * k)
  model %>% compile(loss = mdn_loss, optimizer = optimizer_adam(0.03))
  history <- fit(model, x, y, epochs = 60, batch_size = 50)
  expect_true(falls(history$metrics$loss))

  # As R's own densities have it.
  p <- predict(model, x)
  alpha <- exp(p[, 1:2]) / rowSums(exp(p[, 1:2]))
  density <- alpha[, 1] * dnorm(y, p[, 3], exp(p[, 5])) + alpha[, 2] * dnorm(y, p[, 4], exp(p[, 6]))
  score <- evaluate(model, x, y)
  expect_equal(score[["loss"]], -mean(log(density)), tolerance = 1e-10)
  # Far better than one normal distribution around a line, and near the truth.
  expect_lt(score[["loss"]], -mean(dnorm(y, fitted(lm(y ~ x)), sd(y), log = TRUE)) - 0.5)
  truth <- 0.3 * dnorm(y, 0.5 + x, 0.1) + 0.7 * dnorm(y, -0.5 - x, 0.1)
  expect_lt(score[["loss"]], -mean(log(truth)) + 0.5)
  top <- max.col(p[, 3:4])
  expect_equal(mean(alpha[cbind(seq_len(n), top)]), mean(upper), tolerance = 0.2)
})

test_that("a siamese network learns a distance by pairs", {
  local_script()
  x <- scale(as.matrix(iris[1:4]))
  kind <- as.integer(iris$Species)
  first <- sample(150, 400, replace = TRUE)
  second <- sample(150, 400, replace = TRUE)
  same <- as.numeric(kind[first] == kind[second])

  base_network <- keras_model_sequential(input_shape = 4) %>%
    layer_dense(8, activation = "relu") %>%
    layer_dense(2)
  euclidean_distance <- function(vects) {
    x <- vects[[1]]
    y <- vects[[2]]
    k_sqrt(k_maximum(k_sum(k_square(x - y), axis = 2, keepdims = TRUE), k_epsilon()))
  }
  contrastive_loss <- function(y_true, y_pred) {
    margin <- 1
    k_mean(y_true * k_square(y_pred) + (1 - y_true) * k_square(k_maximum(margin - y_pred, 0)))
  }
  input_a <- layer_input(shape = 4)
  input_b <- layer_input(shape = 4)
  distance <- list(base_network(input_a), base_network(input_b)) %>% layer_lambda(euclidean_distance)
  model <- keras_model(list(input_a, input_b), distance)
  model %>% compile(optimizer = optimizer_rmsprop(0.005), loss = contrastive_loss,
    metrics = custom_metric("accuracy", function(y_true, y_pred) {
      k_mean(k_equal(y_true, k_cast(y_pred < 0.5, "float32")))
    }))
  history <- fit(model, list(x[first, ], x[second, ]), same, batch_size = 50, epochs = 30)
  expect_true(falls(history$metrics$loss))

  d <- predict(model, list(x[first, ], x[second, ]))
  score <- evaluate(model, list(x[first, ], x[second, ]), same, batch_size = 400)
  expect_equal(score[["loss"]], mean(same * d^2 + (1 - same) * pmax(1 - d, 0)^2), tolerance = 1e-12)
  expect_equal(score[["accuracy"]], mean((d < 0.5) == same), tolerance = 1e-12)
  expect_gt(score[["accuracy"]], 0.9)
  # Each half computes what the network that they share computes.
  z <- predict(base_network, x)
  expect_equal(c(d), sqrt(pmax(rowSums((z[first, ] - z[second, ])^2), 1e-7)), tolerance = 1e-6)
})

test_that("quantiles are what the pinball loss finds", {
  local_script()
  y <- rexp(400)
  quantile_loss <- function(q) {
    function(y_true, y_pred) k_mean(k_maximum(q * (y_true - y_pred), (q - 1) * (y_true - y_pred)))
  }
  for (q in c(0.2, 0.9)) {
    model <- keras_model_sequential(input_shape = 1) %>% layer_dense(1, use_bias = FALSE)
    model %>% compile(loss = quantile_loss(q), optimizer = optimizer_adam(0.05))
    fit(model, rep(1, 400), y, batch_size = 400, epochs = 300)
    expect_equal(predict(model, 1)[1], quantile(y, q, names = FALSE), tolerance = 0.05)
  }
})

test_that("a focal loss is the package's, and center loss draws classes together", {
  local_script()
  focal_loss <- function(gamma = 2, alpha = 0.25) {
    function(y_true, y_pred) {
      p <- k_clip(y_pred, k_epsilon(), 1 - k_epsilon())
      pt <- op_where(k_equal(y_true, 1), p, 1 - p)
      at <- op_where(k_equal(y_true, 1), alpha, 1 - alpha)
      k_mean(-at * k_pow(1 - pt, gamma) * k_log(pt), axis = -1)
    }
  }
  x <- as.matrix(iris[51:150, 1:4])
  y <- rep(0:1, each = 50)
  losses <- list(focal_loss(), loss_binary_focal_crossentropy(apply_class_balancing = TRUE))
  histories <- lapply(losses, function(loss) {
    set.seed(4)
    model <- keras_model_sequential(input_shape = 4) %>% layer_dense(1, activation = "sigmoid")
    model %>% compile(loss = loss, optimizer = optimizer_adam(0.02))
    fit(model, x, y, epochs = 5)$metrics$loss
  })
  expect_equal(histories[[1]], histories[[2]], tolerance = 1e-6)

  center_layer <- Layer("CenterLoss",
    initialize = function(classes, weight) {
      super$initialize()
      self$classes <- classes
      self$weight <- weight
    },
    build = function(input_shape) {
      self$centers <- self$add_weight(shape = list(self$classes, input_shape[[1]][2]), name = "centers")
    },
    call = function(inputs) {
      own <- k_gather(self$centers, k_cast(k_flatten(inputs[[2]]), "int32"))
      self$add_loss(self$weight * k_mean(k_sum(k_square(inputs[[1]] - own), axis = -1)))
      inputs[[1]]
    }
  )
  spread <- vapply(c(0, 1), function(weight) {
    set.seed(4)
    input <- layer_input(4)
    code <- layer_input(1)
    features <- layer_dense(input, 3)
    out <- center_layer(list(features, code), classes = 2, weight = weight) %>%
      layer_dense(1, activation = "sigmoid")
    model <- keras_model(list(input, code), out)
    model %>% compile(loss = "binary_crossentropy", optimizer = optimizer_adam(0.02))
    fit(model, list(scale(x), y), y, epochs = 40)
    z <- predict(keras_model(input, features), scale(x))
    within <- sum((z - (rowsum(z, y) / 50)[y + 1, ])^2)
    within / sum(scale(z, scale = FALSE)^2)
  }, 0)
  expect_lt(spread[2], spread[1])
})
