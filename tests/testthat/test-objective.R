test_that("the value of an objective is the loss of evaluate()", {
  for (name in names(objective_cases)) {
    case <- objective_cases[[name]]()
    case$weight <- NULL
    f <- objective_of(case)
    score <- evaluate(case$model, case$x, case$y, verbose = 0, batch_size = 7)
    expect_equal(kestrel:::objective_value(f), score[["loss"]], tolerance = 1e-13, label = name)
  }
})

test_that("gradients are the differences of the value", {
  for (name in names(objective_cases)) {
    for (training in c(FALSE, TRUE)) {
      case <- objective_cases[[name]]()
      f <- objective_of(case, training = training, seed = 5)
      g <- kestrel:::objective_gradient(f)
      v <- rnorm(f$p)
      slope <- objective_slope(f, v, kestrel:::objective_value)
      expect_equal(sum(g * v), slope, tolerance = 1e-8, label = paste(name, training))
      expect_length(g, sum(lengths(get_weights(case$model, trainable = TRUE))))
    }
  }
})

test_that("a mean squared error by hand: value, gradient and weights of samples", {
  model <- keras_model_sequential() %>% layer_dense(1, input_shape = 2)
  model %>% compile(loss = "mse")
  x <- rbind(c(1, 2), c(3, -1), c(0, 1))
  y <- c(1, 0, 2)
  weight <- c(1, 2, 3)
  set_weights(model, list(matrix(c(0.5, -1)), 0.25))
  f <- kestrel:::new_objective(model, x, y, sample_weight = weight)
  e <- drop(x %*% c(0.5, -1)) + 0.25 - y
  expect_equal(kestrel:::objective_value(f), sum(weight * e^2) / 3)
  expect_equal(kestrel:::objective_gradient(f), drop(t(cbind(x, 1)) %*% (2 * weight * e)) / 3)
})

test_that("parameters are those of get_weights(), without those that are frozen", {
  case <- objective_cases$normalized()
  all <- kestrel:::new_objective(case$model, case$x, case$y)
  expect_identical(kestrel:::objective_weights(all),
    unlist(lapply(get_weights(case$model, trainable = TRUE), as.vector)))
  freeze_weights(case$model, to = 3)
  f <- kestrel:::new_objective(case$model, case$x, case$y)
  expect_identical(kestrel:::objective_weights(f), tail(kestrel:::objective_weights(all), f$p))
  expect_equal(kestrel:::objective_gradient(f), tail(kestrel:::objective_gradient(all), f$p))
  freeze_weights(case$model)
  none <- kestrel:::new_objective(case$model, case$x, case$y)
  expect_identical(kestrel:::objective_gradient(none), numeric())
})

test_that("an objective moves, and neither its model nor its statistics do", {
  case <- objective_cases$normalized()
  before <- get_weights(case$model)
  f <- objective_of(case, training = TRUE)
  w <- kestrel:::objective_weights(f)
  first <- kestrel:::objective_value(f)
  kestrel:::objective_gradient(f)
  kestrel:::objective_set(f, w + 0.1)
  expect_false(kestrel:::objective_value(f) == first)
  expect_identical(kestrel:::objective_weights(f), w + 0.1)
  kestrel:::objective_set(f, w)
  expect_identical(kestrel:::objective_value(f), first)
  expect_identical(get_weights(case$model), before)
})

test_that("dropout draws by the seed", {
  case <- objective_cases$dropped()
  value <- function(...) kestrel:::objective_value(objective_of(case, ...))
  expect_identical(value(training = TRUE, seed = 1), value(training = TRUE, seed = 1))
  expect_false(value(training = TRUE, seed = 1) == value(training = TRUE, seed = 2))
  expect_identical(value(seed = 1), value(seed = 2))
})

test_that("a loss without reduction is the sum, as it is trained", {
  case <- objective_cases$tanh_mse()
  case$model %>% compile(loss = loss_mean_squared_error(reduction = "none"))
  none <- objective_of(case)
  case$model %>% compile(loss = loss_mean_squared_error(reduction = "sum"))
  sum <- objective_of(case)
  expect_identical(kestrel:::objective_value(none), kestrel:::objective_value(sum))
  expect_identical(kestrel:::objective_gradient(none), kestrel:::objective_gradient(sum))
})

test_that("single precision is near double precision", {
  case <- objective_cases$fused_softmax()
  double <- objective_of(case)
  single <- objective_of(case, precision = "float32")
  expect_equal(kestrel:::objective_value(single), kestrel:::objective_value(double),
    tolerance = 1e-5)
  expect_equal(kestrel:::objective_gradient(single), kestrel:::objective_gradient(double),
    tolerance = 1e-5)
})

test_that("models that are not ready and data that do not fit are refused as by evaluate()", {
  model <- keras_model_sequential() %>% layer_dense(1, input_shape = 2)
  expect_error(kestrel:::new_objective(model, diag(2), 1:2), class = "kestrel_error_state")
  model %>% compile(loss = "mse")
  expect_error(kestrel:::new_objective(model, diag(3), 1:3), class = "kestrel_error_shape")
  expect_error(kestrel:::new_objective(model, diag(2), c(1, NA)), class = "kestrel_error_data")
})

# Dot products with random vectors.
along <- function(f) rnorm(f$p)

test_that("Hessian products are the differences of the gradient, and symmetric", {
  for (name in names(objective_cases)) {
    for (training in c(FALSE, TRUE)) {
      f <- objective_of(objective_cases[[name]](), training = training, seed = 5)
      u <- along(f)
      v <- along(f)
      product <- kestrel:::objective_hessian(f, v)
      expect_equal(sum(u * product), sum(v * kestrel:::objective_hessian(f, u)), tolerance = 1e-10)
      expect_equal(product, objective_slope(f, v, kestrel:::objective_gradient),
        tolerance = 1e-8, label = paste(name, training))
    }
  }
})

test_that("the Hessian of a linear model is X'X, and is its Gauss-Newton matrix", {
  model <- keras_model_sequential() %>% layer_dense(1, input_shape = 2)
  model %>% compile(loss = "mse")
  x <- matrix(rnorm(10), 5)
  f <- kestrel:::new_objective(model, x, rnorm(5))
  hessian <- sapply(1:3, function(i) kestrel:::objective_hessian(f, as.double(1:3 == i)))
  gauss <- sapply(1:3, function(i) kestrel:::objective_gauss_newton(f, as.double(1:3 == i)))
  expect_equal(hessian, 2 * crossprod(cbind(x, 1)) / 5)
  expect_equal(gauss, hessian)
})

test_that("the Jacobian has the tangents of the outputs as its products, and they are theirs", {
  for (name in names(objective_cases)) {
    for (training in c(FALSE, TRUE)) {
      case <- objective_cases[[name]]()
      f <- objective_of(case, training = training, seed = 5)
      v <- along(f)
      for (logits in c(FALSE, TRUE)) {
        jvp <- kestrel:::objective_jvp(f, v, logits = logits)
        jacobian <- kestrel:::objective_jacobian(f, logits = logits)
        expect_equal(as.vector(jacobian %*% v), as.vector(jvp), tolerance = 1e-11, label = name)
      }
      if (training) next
      w <- kestrel:::objective_weights(f)
      at <- function(h) {
        moved <- clone_model(case$model)
        layers <- kestrel:::model_state(moved)$layers
        all <- kestrel:::pack_weights(kestrel:::model_state(case$model)$layers)
        all[seq_len(f$p)] <- w + h * v
        kestrel:::unpack_weights(layers, all)
        predict(moved, case$x)
      }
      slope <- (8 * (at(1e-4) - at(-1e-4)) - at(2e-4) + at(-2e-4)) / 12e-4
      expect_equal(as.vector(kestrel:::objective_jvp(f, v)), as.vector(slope), tolerance = 1e-8,
        label = name)
    }
  }
})

test_that("Gauss-Newton is the Jacobian around the Hessian of the loss", {
  case <- objective_cases$fused_softmax()
  f <- objective_of(case)
  v <- along(f)
  jacobian <- kestrel:::objective_jacobian(f, logits = TRUE)
  p <- predict(case$model, case$x)
  jv <- matrix(jacobian %*% v, nrow(p))
  hjv <- (p * jv - p * rowSums(p * jv)) / nrow(p)
  expect_equal(kestrel:::objective_gauss_newton(f, v), drop(crossprod(jacobian, as.vector(hjv))),
    tolerance = 1e-12)
  expect_gte(sum(v * kestrel:::objective_gauss_newton(f, v)), 0)
})

test_that("Gauss-Newton keeps the Hessian of penalties", {
  case <- objective_cases$tanh_mse()
  plain <- objective_of(case)
  w <- kestrel:::objective_weights(plain)
  set.seed(4)
  model <- keras_model_sequential() %>%
    layer_dense(3, input_shape = 3) %>%
    layer_dense(4, activation = "tanh", kernel_regularizer = regularizer_l2(0.3)) %>%
    layer_dense(2)
  model %>% compile(loss = "mse")
  penalized <- kestrel:::new_objective(model, case$x, case$y)
  kestrel:::objective_set(penalized, w)
  v <- along(plain)
  more <- kestrel:::objective_gauss_newton(penalized, v) -
    kestrel:::objective_gauss_newton(plain, v)
  kernel <- 12 + 1:12
  expect_equal(more[kernel], 0.6 * v[kernel])
  expect_lt(max(abs(more[-kernel])), 1e-14)
})

test_that("gradients of rows sum to the gradient without penalties of parameters", {
  for (name in setdiff(names(objective_cases), "penalties")) {
    for (training in c(FALSE, TRUE)) {
      f <- objective_of(objective_cases[[name]](), training = training, seed = 5)
      rows <- kestrel:::objective_row_gradients(f)
      expect_identical(dim(rows), c(f$n, f$p))
      expect_equal(colSums(rows), kestrel:::objective_gradient(f), tolerance = 1e-11, label = name)
    }
  }
})

test_that("the gradient of a row is that of the row alone", {
  case <- objective_cases$weighted()
  rows <- kestrel:::objective_row_gradients(objective_of(case))
  for (j in which(case$weight > 0)) {
    alone <- kestrel:::new_objective(case$model, case$x[j, , drop = FALSE],
      case$y[j, , drop = FALSE], sample_weight = case$weight[j])
    expect_equal(rows[j, ], kestrel:::objective_gradient(alone) / 7, tolerance = 1e-12)
  }
})

test_that("products follow the parameters, and leave value and gradient as they were", {
  f <- objective_of(objective_cases$fused_sigmoid())
  v <- along(f)
  w <- kestrel:::objective_weights(f)
  all <- function() {
    list(kestrel:::objective_value(f), kestrel:::objective_gradient(f),
      kestrel:::objective_hessian(f, v), kestrel:::objective_jacobian(f),
      kestrel:::objective_gauss_newton(f, v), kestrel:::objective_row_gradients(f))
  }
  first <- all()
  expect_identical(all(), first)
  kestrel:::objective_set(f, w + 0.2)
  expect_false(isTRUE(all.equal(all(), first)))
  kestrel:::objective_set(f, w)
  expect_identical(all(), first)
})
