# What R keras scripts do with k_gradients() and k_function(), on iris.
flowers <- function() {
  set.seed(3)
  x <- as.matrix(scale(iris[1:4]))
  y <- to_categorical(as.integer(iris$Species) - 1, 3)
  model <- keras_model_sequential(dtype = "float64") %>%
    layer_dense(8, "relu", input_shape = 4, name = "hidden") %>%
    layer_dropout(0.2) %>%
    layer_dense(3, "softmax")
  model %>% compile("adam", "categorical_crossentropy")
  model %>% fit(x, y, epochs = 20, verbose = 0)
  list(model = model, x = x, y = y)
}

test_that("a unit's activation is maximised by gradient ascent in its input", {
  model <- flowers()$model
  generate_pattern <- function(layer_name, filter_index, steps = 30) {
    layer_output <- get_layer(model, layer_name)$output
    loss <- k_mean(layer_output[, filter_index])
    grads <- k_gradients(loss, model$input)[[1]]
    grads <- grads / (k_sqrt(k_mean(k_square(grads))) + 1e-5)
    iterate <- k_function(list(model$input), list(loss, grads))
    input <- array(runif(4), dim = c(1, 4))
    step <- 0.1
    for (i in 1:steps) {
      c(loss_value, grads_value) %<-% iterate(list(input))
      input <- input + (grads_value * step)
    }
    list(input = input, loss = loss_value)
  }
  weights <- get_weights(model)
  set.seed(1)
  start <- runif(4)
  unit <- which.max(start %*% weights[[1]] + c(weights[[2]]))
  w <- weights[[1]][, unit]
  set.seed(1)
  found <- generate_pattern("hidden", unit)
  # A relu unit's gradient is its weights: a straight line.
  along <- w / (sqrt(mean(w^2)) + 1e-5)
  expect_equal(c(found$input), start + 30 * 0.1 * along, tolerance = 1e-9)
  expect_equal(found$loss, max(0, sum(w * (start + 29 * 0.1 * along)) + weights[[2]][unit]), tolerance = 1e-9)
})

test_that("integrated gradients sum to the difference of the outputs", {
  with(flowers(), {
    f <- k_function(list(model$input), k_gradients(model$output[, 1], model$input))
    x1 <- x[1, , drop = FALSE]
    nodes <- seq(0, 1, length.out = 401)
    path <- f(list(outer(nodes, c(x1))))[[1]]
    weights <- rep(c(1, rep(2, 399), 1) / 800, 4)
    total <- sum(colSums(path * weights) * x1)
    expect_equal(total, predict(model, x1)[1] - predict(model, 0 * x1)[1], tolerance = 1e-3)
  })
})

test_that("adversarial examples go up the gradient of the loss for fixed targets", {
  with(flowers(), {
    rows <- c(1, 60, 120)
    target <- k_variable(y[rows, ])
    loss <- k_categorical_crossentropy(target, model$output)
    sign_of <- k_function(list(model$input), list(k_sign(k_gradients(loss, model$input)[[1]])))
    adversarial <- x[rows, ] + 0.5 * sign_of(list(x[rows, ]))[[1]]
    value <- function(x) loss_categorical_crossentropy(y[rows, ], predict(model, x))
    expect_true(all(value(adversarial) > value(x[rows, ])))
    # The first order of the loss along the sign is the sum of absolute slopes.
    slope <- k_function(list(model$input), k_gradients(loss, model$input))(list(x[rows, ]))[[1]]
    h <- 1e-5
    moved <- (value(x[rows, ] + h * sign(slope)) - value(x[rows, ] - h * sign(slope))) / (2 * h)
    expect_equal(moved, rowSums(abs(slope)), tolerance = 1e-6)
  })
})

test_that("saliency is the slope of the largest probability", {
  with(flowers(), {
    top <- k_max(model$output, axis = -1)
    saliency <- k_function(list(model$input), list(k_abs(k_gradients(top, model$input)[[1]])))
    s <- saliency(list(x))[[1]]
    expect_identical(dim(s), c(150L, 4L))
    best <- function(x) apply(predict(model, x), 1, max)
    for (j in 1:4) {
      h <- matrix(1e-5 * (1:4 == j), 150, 4, byrow = TRUE)
      expect_equal(s[, j], abs(best(x + h) - best(x - h)) / 2e-5, tolerance = 1e-6, ignore_attr = TRUE)
    }
  })
})
