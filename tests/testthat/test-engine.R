# The engine against networks in plain R (helper-reference.R), over random architectures.

smooth <- c("linear", "tanh", "sigmoid", "softplus", "swish")

architectures <- list(
  list(sizes = c(1, 1), f = "linear"),
  list(sizes = c(3, 2), f = "softmax"),
  list(sizes = c(1, 10, 1), f = c("linear", "linear")),
  list(sizes = c(4, 7, 3), f = c("tanh", "softmax")),
  list(sizes = c(2, 5, 4, 1), f = c("swish", "softplus", "sigmoid")),
  list(sizes = c(5, 3, 8, 6, 2), f = c("sigmoid", "tanh", "swish", "linear")),
  list(sizes = c(9, 33, 17, 4), f = c("tanh", "softplus", "softmax"))
)

loss_of_weights <- function(net, x, v) {
  function(w) sum(reference_predict(with_weights(net, w), x) * v)
}

# Derivatives of f by each number of the list w.
each_number <- function(w, slope) {
  lapply(seq_along(w), function(i) {
    vapply(seq_along(w[[i]]), function(j) {
      slope(function(h) {
        w[[i]][j] <- w[[i]][j] + h
        w
      })
    }, 0)
  })
}

test_that("gradients by weights and inputs are those of complex steps", {
  set.seed(11)
  for (a in architectures) {
    net <- random_network(a$sizes, a$f)
    x <- matrix(rnorm(5 * a$sizes[1]), 5)
    v <- matrix(rnorm(5 * tail(a$sizes, 1)), 5)
    got <- kestrel:::network_gradient(reference_model(net), x, v)
    value <- loss_of_weights(net, x, v)
    by_step <- each_number(reference_weights(net), function(moved) Im(value(moved(1e-30i))) / 1e-30)
    expect_near(got$y, reference_predict(net, x), 1e-14)
    expect_near(unlist(got$dw), unlist(by_step), 1e-13)
    dx <- vapply(seq_along(x), function(j) {
      moved <- x + 0i
      moved[j] <- moved[j] + 1e-30i
      Im(sum(reference_predict(net, moved) * v)) / 1e-30
    }, 0)
    expect_near(got$dx, dx, 1e-13)
  }
})

# (8 (f(h) - f(-h)) - f(2h) + f(-2h)) / 12h has an error of h^4 f^(5) / 30.
five_point <- function(f, h = 2e-3) (8 * (f(h) - f(-h)) - f(2 * h) + f(-2 * h)) / (12 * h)

test_that("gradients are the differences of the engine's own outputs", {
  set.seed(12)
  for (a in architectures) {
    model <- reference_model(random_network(a$sizes, a$f))
    x <- matrix(rnorm(4 * a$sizes[1]), 4)
    v <- matrix(rnorm(4 * tail(a$sizes, 1)), 4)
    got <- kestrel:::network_gradient(model, x, v)
    weights <- get_weights(model)
    slopes <- each_number(weights, function(moved) five_point(function(h) {
      set_weights(model, moved(h))
      sum(predict(model, x) * v)
    }))
    expect_near(unlist(got$dw), unlist(slopes), 1e-9)
  }
})

test_that("tangents and gradients are adjoint", {
  set.seed(13)
  for (a in architectures) {
    model <- reference_model(random_network(a$sizes, a$f))
    x <- matrix(rnorm(6 * a$sizes[1]), 6)
    v <- matrix(rnorm(6 * tail(a$sizes, 1)), 6)
    xdot <- x
    xdot[] <- rnorm(length(x))
    wdot <- rnorm(count_params(model))
    spec <- kestrel:::model_plan(model)
    array_of <- function(m) list(kestrel:::data_array(m, ncol(m)))
    w <- kestrel:::pack_weights(environment(model)$layers)
    ydot <- kestrel:::engine_jvp(spec, w, array_of(x), array_of(xdot), wdot)[[1]]
    g <- kestrel:::engine_gradient(spec, w, array_of(x), array_of(v))
    expect_near(sum(ydot * v), sum(g$dx[[1]] * xdot) + sum(g$dw * wdot), 1e-12)
  }
})

optimizers <- list(
  sgd = list(r = reference_sgd(0.05), k = quote(optimizer_sgd(0.05))),
  momentum = list(r = reference_sgd(0.02, 0.9), k = quote(optimizer_sgd(0.02, momentum = 0.9))),
  nesterov = list(
    r = reference_sgd(0.02, 0.8, TRUE),
    k = quote(optimizer_sgd(0.02, momentum = 0.8, nesterov = TRUE))
  ),
  adam = list(r = reference_adam(0.01), k = quote(optimizer_adam(0.01)))
)

# loss, activation of the last layer, and targets that go with them.
problems <- list(
  list("mse", "linear", function(n, k) matrix(rnorm(n * k), n)),
  list("mae", "tanh", function(n, k) matrix(rnorm(n * k), n)),
  list("huber", "linear", function(n, k) matrix(2 * rnorm(n * k), n)),
  list("poisson", "softplus", function(n, k) matrix(rpois(n * k, 2), n)),
  list("binary_crossentropy", "sigmoid", function(n, k) matrix(rbinom(n * k, 1, 0.4), n)),
  list("categorical_crossentropy", "softmax", function(n, k) diag(k)[sample(k, n, TRUE), ])
)

random_case <- function(problem) {
  depth <- sample(1:4, 1)
  k <- if (problem[[1]] == "categorical_crossentropy") sample(2:5, 1) else sample(1:3, 1)
  n <- sample(7:60, 1)
  sizes <- c(sample(1:6, 1), sample(1:12, depth - 1, TRUE), k)
  f <- c(sample(c(smooth, "relu", "elu"), depth - 1, TRUE), problem[[2]])
  list(
    net = random_network(sizes, f), x = matrix(rnorm(n * sizes[1]), n), y = problem[[3]](n, k),
    batch_size = sample(c(1, 4, 5, 32, 100), 1), weight = if (runif(1) < 0.5) runif(n, 0, 2)
  )
}

train_both <- function(case, loss, optimizer, epochs = 4) {
  model <- reference_model(case$net)
  model %>% compile(loss = loss, optimizer = eval(optimizer$k))
  history <- model %>% fit(case$x, case$y, epochs = epochs, batch_size = case$batch_size,
    sample_weight = case$weight, shuffle = FALSE, verbose = 0)
  reference <- reference_train(case$net, case$x, case$y, reference_losses[[loss]], optimizer$r,
    epochs, case$batch_size, case$weight)
  list(model = model, losses = history$metrics$loss, reference = reference)
}

test_that("training is that of plain R, for random networks and every loss and optimizer", {
  set.seed(14)
  for (problem in problems) for (optimizer in optimizers) for (repetition in 1:3) {
    case <- random_case(problem)
    got <- train_both(case, problem[[1]], optimizer)
    expect_near(got$losses, got$reference$losses, 1e-12)
    expect_near(get_weights(got$model), reference_weights(got$reference$net), 1e-12)
    expect_near(predict(got$model, case$x), reference_predict(got$reference$net, case$x), 1e-12)
  }
})

test_that("the last batch is short", {
  set.seed(15)
  case <- random_case(problems[[1]])
  n <- nrow(case$x)
  for (size in c(1, 2, 3, n - 1, n, n + 1)) {
    case$batch_size <- size
    got <- train_both(case, "mse", optimizers$momentum, epochs = 2)
    expect_near(get_weights(got$model), reference_weights(got$reference$net), 1e-12)
    steps <- environment(got$model)$optimizer_state$iterations
    expect_identical(steps, 2 * ceiling(n / size))
  }
})

train_in <- function(dtype, case, loss, optimizer) {
  model <- reference_model(case$net, dtype)
  model %>% compile(loss = loss, optimizer = eval(optimizer$k))
  history <- model %>% fit(case$x, case$y, epochs = 3, batch_size = case$batch_size,
    sample_weight = case$weight, shuffle = FALSE, verbose = 0)
  c(list(history$metrics$loss, predict(model, case$x)), get_weights(model))
}

test_that("single precision is double precision to 1e-5, and not the same", {
  set.seed(16)
  for (problem in problems) for (optimizer in optimizers[c("sgd", "nesterov", "adam")]) {
    case <- random_case(problem)
    single <- train_in("float32", case, problem[[1]], optimizer)
    double <- train_in("float64", case, problem[[1]], optimizer)
    expect_near(unlist(single), unlist(double), 1e-5)
    expect_gt(relative_error(unlist(single), unlist(double)), 1e-12)
  }
})

test_that("a trainer runs in pieces as in one go", {
  set.seed(17)
  case <- random_case(problems[[1]])
  case$batch_size <- 4
  model <- reference_model(case$net)
  model %>% compile(loss = "mse", optimizer = optimizer_adam(0.01))
  trainer <- function() {
    samples <- kestrel:::new_samples(list(case$x), list(case$y), list(NULL))
    settings <- list(batch_size = 4L, validation_batch_size = 4L, shuffle = TRUE)
    train <- kestrel:::train_spec(model, samples, settings, seed = 5)
    w <- kestrel:::pack_weights(environment(model)$layers)
    kestrel:::trainer_new(kestrel:::model_plan(model), train, samples, NULL, w)
  }
  whole <- trainer()
  logs <- kestrel:::trainer_run(whole, 6L, budget = Inf)$logs
  pieces <- trainer()
  seen <- list()
  for (epoch in 0:5) {
    for (batch in c(1L, 2L)) kestrel:::trainer_run(pieces, epoch, batch, budget = Inf)
    seen[[epoch + 1]] <- kestrel:::trainer_run(pieces, epoch + 1L, budget = Inf)$logs
  }
  expect_identical(do.call(cbind, seen), logs)
  expect_identical(kestrel:::trainer_get(pieces), kestrel:::trainer_get(whole))
  expect_identical(kestrel:::trainer_progress(whole)$epoch, 6)
})

test_that("a trainer without time left does one batch and no more", {
  set.seed(18)
  model <- reference_model(random_network(c(2, 1), "linear"))
  model %>% compile(loss = "mse", optimizer = "sgd")
  samples <- kestrel:::new_samples(list(matrix(rnorm(20), 10)), list(matrix(rnorm(10), 10)), list(NULL))
  settings <- list(batch_size = 2L, validation_batch_size = 2L)
  train <- kestrel:::train_spec(model, samples, settings, seed = 0)
  w <- kestrel:::pack_weights(environment(model)$layers)
  trainer <- kestrel:::trainer_new(kestrel:::model_plan(model), train, samples, NULL, w)
  progress <- kestrel:::trainer_run(trainer, 1L, budget = 0)$progress
  expect_identical(unlist(progress[c("epoch", "batch", "batches")]),
    c(epoch = 0, batch = 1, batches = 5))
})
