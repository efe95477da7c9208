# Models with a known fault for each check, and healthy ones: functions without arguments that
# give list(model, x, y, ...), the arguments of diagnose(), or list(history).

founding <- list(x = c(-1, 0, 1), y = c(-0.2445248, 0.1232554, 0.1713998))

# Dense layers of these widths, trained for some epochs.
net <- function(inputs, widths, activations, loss = "mse", epochs = 0, x = NULL, y = NULL,
                optimizer = optimizer_adam(0.01), layer = list(), model = list(), compile = list(), ...) {
  m <- do.call(keras_model_sequential, c(list(input_shape = inputs), model))
  for (i in seq_along(widths)) {
    do.call(layer_dense, c(list(m, widths[i], activations[i]), layer))
  }
  suppressWarnings(do.call("compile", c(list(m, optimizer = optimizer, loss = loss), compile)),
    classes = "kestrel_warning")
  if (epochs > 0) suppressWarnings(fit(m, x, y, epochs = epochs, verbose = 0, ...), classes = "kestrel_warning")
  m
}

case_of <- function(model, x, y, ...) list(object = model, x = x, y = y, ...)

# 60 rows of two inputs; a curved target; two classes; three classes.
plane <- local({
  grid <- seq(-1, 1, length.out = 60)
  x <- cbind(sin(7 * grid), cos(11 * grid))
  list(x = x, curved = x[, 1]^2 - x[, 2] / 2, class = as.double(x[, 1] + x[, 2]^2 > 0.3),
    three = cut(x[, 1], c(-2, -0.4, 0.4, 2), labels = c("a", "b", "c")))
})

fitted_net <- function(widths, activations, y, loss = "mse", epochs = 20, ...) {
  case_of(net(2, widths, activations, loss, epochs, plane$x, y, ...), plane$x, y)
}

faulty <- list(
  R1 = function() case_of(net(2, c(4, 1), c("tanh", "linear")), data.frame(a = 1:60, b = plane$three), plane$curved),
  R2 = function() {
    case_of(net(2, c(4, 3), c("tanh", "softmax"), "sparse_categorical_crossentropy"), plane$x, as.integer(plane$three))
  },
  R5 = function() {
    x <- cbind(1:60, plane$x[, 1])
    case_of(net(2, c(4, 1), c("tanh", "linear")), x, plane$curved)
  },
  R7 = function() case_of(net(2, c(4, 1), c("tanh", "linear")), scale(plane$x), plane$curved),
  R8 = function() {
    x <- cbind(rep(.Machine$integer.max, 60L), 1:60)
    x[] <- suppressWarnings(x + 1L)
    case_of(net(2, c(4, 1), c("tanh", "linear")), x, plane$curved)
  },
  R9 = function() case_of(net(2, c(4, 1), c("tanh", "linear")), suppressWarnings(log(plane$x)), plane$curved),
  D1 = function() {
    x <- plane$x[rep(1:15, 4), ]
    case_of(net(2, c(16, 1), c("tanh", "linear"), epochs = 300, x = x, y = plane$curved), x, plane$curved)
  },
  D2 = function() {
    x <- cbind(3e9 + 1:60, plane$x[, 1])
    case_of(net(2, c(4, 1), c("tanh", "linear"), model = list(dtype = "float32")), x, plane$curved)
  },
  D3 = function() case_of(net(2, c(4, 1), c("tanh", "linear")), plane$x, replace(plane$curved, 7, NA)),
  D4 = function() {
    x <- cbind(plane$x, 1, plane$x[, 1] - plane$x[, 2])
    case_of(net(4, c(4, 1), c("tanh", "linear")), x, plane$curved)
  },
  D5 = function() fitted_net(c(4, 1), c("relu", "sigmoid"), rep(1, 60), "binary_crossentropy"),
  D6 = function() {
    x <- plane$x * 1e4 + 1e6
    case_of(net(2, c(8, 1), c("tanh", "linear"), epochs = 20, x = x, y = plane$x[, 1]), x, plane$x[, 1])
  },
  D8 = function() {
    y <- to_categorical(as.integer(plane$three))
    case_of(net(2, c(4, 4), c("tanh", "softmax"), "categorical_crossentropy"), plane$x, y)
  },
  D11 = function() {
    order <- order(plane$three)
    x <- plane$x[order, ]
    y <- as.integer(plane$three)[order] - 1
    case_of(net(2, c(4, 3), c("tanh", "softmax"), "sparse_categorical_crossentropy", 2, x, y,
      validation_split = 0.4), x, y)
  },
  L1 = function() fitted_net(c(4, 1), c("relu", "sigmoid"), 10 * plane$curved),
  L2 = function() fitted_net(c(4, 1), c("relu", "softmax"), plane$class),
  L3 = function() fitted_net(c(4, 2), c("relu", "softmax"), 10 * cbind(plane$curved, plane$class)),
  L4 = function() fitted_net(c(4, 1), c("relu", "linear"), plane$class, "binary_crossentropy", optimizer = "sgd"),
  L5 = function() fitted_net(c(4, 1), c("relu", "sigmoid"), plane$class, loss_binary_crossentropy(from_logits = TRUE)),
  L6 = function() fitted_net(c(4, 1), c("relu", "sigmoid"), 1 + plane$class, "binary_crossentropy"),
  L7 = function() fitted_net(c(4, 1), c("relu", "sigmoid"), plane$class, "categorical_crossentropy"),
  L8 = function() {
    fitted_net(c(4, 3), c("relu", "sigmoid"), to_categorical(as.integer(plane$three) - 1), "categorical_crossentropy")
  },
  L9 = function() fitted_net(c(4, 2), c("relu", "softmax"), cbind(plane$class, plane$class), "binary_crossentropy"),
  L10 = function() {
    fitted_net(c(4, 1), c("relu", "linear"), plane$curved, compile = list(metrics = "accuracy"))
  },
  L11 = function() fitted_net(c(4, 1), c("relu", "sigmoid"), plane$class, loss_binary_crossentropy(label_smoothing = 0.2)),
  S1 = function() fitted_net(c(8, 8, 1), c("linear", "linear", "linear"), plane$curved, epochs = 200),
  S3 = function() fitted_net(c(8, 8, 8, 1), c("tanh", "linear", "tanh", "linear"), plane$curved),
  S5 = function() fitted_net(c(8, 1), c("tanh", "linear"), plane$curved, epochs = 50,
    layer = list(kernel_initializer = "zeros"))
)

# More of the catalogue: optimizer, units, capacity, points, penalties, generalization.
faulty <- c(faulty, list(
  R3 = function() {
    x <- matrix(as.vector(t(plane$x)), 60)
    case_of(net(2, c(8, 1), c("tanh", "linear"), epochs = 20, x = x, y = plane$x[, 1]), x, plane$x[, 1])
  },
  R4 = function() {
    order <- order(plane$curved)
    x <- plane$x[order, ]
    y <- plane$curved[order]
    case_of(net(2, c(8, 1), c("tanh", "linear"), epochs = 2, x = x, y = y, validation_split = 0.3), x, y)
  },
  R6 = function() fitted_net(c(8, 3), c("tanh", "linear"), plane$curved),
  R10 = function() {
    withr::with_seed(3, x <- matrix(stats::rnorm(120), 60))
    y <- as.double(seq_len(60) > 30)
    case_of(net(2, c(8, 1), c("tanh", "sigmoid"), "binary_crossentropy", 20, x, y), x, y)
  },
  D7 = function() {
    y <- 5000 + 1000 * plane$x[, 1]
    case_of(net(2, c(8, 1), c("tanh", "linear"), epochs = 30, x = plane$x, y = y), plane$x, y)
  },
  D9 = function() {
    y <- plane$x[c(58:60, 1:57), 1]^2
    withr::with_seed(4, x <- matrix(stats::rnorm(120), 60))
    y <- x[c(58:60, 1:57), 1]
    case_of(net(2, c(8, 1), c("tanh", "linear"), epochs = 50, x = x, y = y), x, y)
  },
  D10 = function() {
    y <- as.double(plane$x[, 1] > 0)
    y[c(10, 30, 50)] <- 1 - y[c(10, 30, 50)]
    case_of(net(2, c(8, 1), c("tanh", "sigmoid"), "binary_crossentropy", 20, plane$x, y), plane$x, y)
  },
  O0 = function() fitted_net(c(8, 8, 1), c("relu", "relu", "linear"), 100 * plane$curved, epochs = 30, optimizer = optimizer_sgd(10)),
  O1 = function() fitted_net(c(16, 1), c("tanh", "linear"), plane$curved, epochs = 10, optimizer = optimizer_sgd(1e-3)),
  O2 = function() list(object = {
    m <- net(1, c(10, 1), c("linear", "linear"), epochs = 300, x = founding$x, y = founding$y)
    m
  }, x = founding$x, y = founding$y),
  O3 = function() {
    y <- plane$curved + 3
    m <- net(2, c(4, 1), c("tanh", "linear"), epochs = 3, x = plane$x, y = y, optimizer = optimizer_sgd(0.05), batch_size = 60)
    m %>% compile(loss = "mse", optimizer = optimizer_sgd(1.5))
    m %>% fit(plane$x, y, epochs = 40, batch_size = 60, verbose = 0)
    case_of(m, plane$x, y)
  },
  O4 = function() fitted_net(c(16, 1), c("tanh", "linear"), plane$curved, epochs = 20, optimizer = optimizer_adam(1e-5)),
  O5 = function() {
    fitted_net(c(8, 1), c("tanh", "linear"), plane$x[, 1]^2, epochs = 30, optimizer = optimizer_adam(0.01, epsilon = 10))
  },
  O6 = function() fitted_net(c(rep(8, 12), 1), c(rep("sigmoid", 12), "linear"), plane$curved, epochs = 5,
    optimizer = optimizer_sgd(0.01)),
  O7 = function() fitted_net(c(16, 1), c("tanh", "linear"), plane$curved, epochs = 200, optimizer = optimizer_sgd(0.2),
    batch_size = 1),
  O8 = function() {
    m <- keras_model_sequential(input_shape = 2) %>% layer_dense(4) %>% layer_batch_normalization() %>%
      layer_activation("relu") %>% layer_dense(1)
    m %>% compile(loss = "mse", optimizer = "adam")
    m %>% fit(plane$x, plane$curved, epochs = 5, batch_size = 1, verbose = 0)
    case_of(m, plane$x, plane$curved)
  },
  O9 = function() {
    fitted_net(c(4, 1), c("tanh", "linear"), plane$curved, epochs = 5, optimizer = optimizer_sgd(1e-12),
      model = list(dtype = "float32"), layer = list(bias_initializer = "ones"))
  },
  O10 = function() {
    m <- net(2, c(8, 1), c("tanh", "linear"))
    compile_again(freeze_weights(m))
    suppressWarnings(m %>% fit(plane$x, plane$curved, epochs = 5, verbose = 0))
    case_of(m, plane$x, plane$curved)
  },
  S2 = function() {
    y <- cbind(plane$x[, 1], plane$x[, 2])
    case_of(net(2, c(1, 2), c("linear", "linear"), epochs = 200, x = plane$x, y = y), plane$x, y)
  },
  S4 = function() fitted_net(c(16, 1), c("tanh", "linear"), plane$x[, 1]^2, epochs = 3, optimizer = optimizer_sgd(0.01),
    layer = list(kernel_initializer = initializer_random_uniform(-1e-4, 1e-4))),
  S6 = function() fitted_net(c(rep(16, 6), 1), c(rep("tanh", 6), "linear"), plane$curved, epochs = 2,
    layer = list(kernel_initializer = initializer_random_uniform(-0.05, 0.05))),
  C1 = function() {
    x <- seq(-1, 1, length.out = 60)
    y <- sin(9 * x)
    case_of(net(1, c(2, 1), c("relu", "linear"), epochs = 500, x = x, y = y), x, y)
  },
  C2 = function() fitted_net(c(64, 1), c("tanh", "linear"), plane$curved, epochs = 3),
  U1 = function() fitted_net(c(8, 1), c("relu", "linear"), plane$curved, epochs = 50,
    layer = list(bias_initializer = initializer_constant(-10))),
  U2 = function() fitted_net(c(8, 1), c("tanh", "linear"), plane$x[, 1], epochs = 20,
    layer = list(kernel_initializer = initializer_random_uniform(-1000, 1000))),
  U3 = function() fitted_net(c(8, 1), c("relu", "linear"), plane$curved, epochs = 200,
    layer = list(bias_initializer = initializer_constant(-10))),
  U4 = function() fitted_net(c(32, 1), c("tanh", "linear"), plane$x[, 1]^2, epochs = 2,
    layer = list(kernel_initializer = initializer_constant(0.3))),
  K1a = function() fitted_net(1, "linear", plane$curved, epochs = 500, optimizer = optimizer_sgd(0.1)),
  K1b = function() fitted_net(c(8, 1), c("tanh", "linear"), plane$x[, 1], epochs = 300, optimizer = optimizer_sgd(0.1),
    batch_size = 60, layer = list(kernel_initializer = "zeros")),
  K2 = function() fitted_net(c(8, 8, 8, 1), c("sigmoid", "sigmoid", "sigmoid", "linear"), as.double(plane$x[, 1]^2 > 0.5),
    epochs = 2000, batch_size = 60, optimizer = optimizer_sgd(0.05)),
  P1 = function() fitted_net(c(8, 1), c("tanh", "linear"), plane$curved, epochs = 300,
    layer = list(kernel_regularizer = regularizer_l1(1))),
  P2 = function() {
    m <- keras_model_sequential(input_shape = 2) %>% layer_dense(4, "relu") %>% layer_dropout(0.95) %>% layer_dense(1)
    m %>% compile(loss = "mse", optimizer = optimizer_adam(0.01))
    m %>% fit(plane$x, plane$curved, epochs = 100, verbose = 0)
    case_of(m, plane$x, plane$curved)
  },
  P3 = function() fitted_net(c(8, 1), c("tanh", "linear"), plane$curved, epochs = 300,
    layer = list(kernel_regularizer = regularizer_l2(1))),
  P4 = function() fitted_net(c(8, 1), c("tanh", "linear"), plane$curved, epochs = 300,
    layer = list(kernel_constraint = constraint_maxnorm(0.1))),
  I1 = function() {
    y <- as.double(plane$x[, 1] > 0.98)
    fitted_net(c(4, 1), c("tanh", "sigmoid"), y, "binary_crossentropy", epochs = 60)
  },
  G1 = function() {
    withr::with_seed(5, y <- plane$curved + stats::rnorm(60))
    case_of(net(2, c(64, 1), c("relu", "linear"), epochs = 800, x = plane$x, y = y, validation_split = 0.3,
      optimizer = optimizer_adam(0.02)), plane$x, y)
  },
  G2 = function() {
    withr::with_seed(6, y <- stats::rnorm(60))
    fitted_net(1, "linear", y, epochs = 500, optimizer = optimizer_sgd(0.1))
  },
  G3 = function() {
    m <- net(2, c(8, 1), c("tanh", "linear"), epochs = 5, x = plane$x, y = plane$curved)
    case_of(m, plane$x, plane$curved, validation_data = list(plane$x[1:20, ], plane$curved[1:20]))
  }
))

healthy <- list(
  regression = function() fitted_net(c(16, 1), c("tanh", "linear"), plane$curved, epochs = 400),
  relu = function() fitted_net(c(32, 1), c("relu", "linear"), plane$curved, epochs = 400),
  binary = function() fitted_net(c(16, 1), c("relu", "sigmoid"), plane$class, "binary_crossentropy", epochs = 400),
  classes = function() {
    fitted_net(c(16, 3), c("tanh", "softmax"), to_categorical(as.integer(plane$three) - 1),
      "categorical_crossentropy", epochs = 300)
  },
  factor = function() fitted_net(c(16, 3), c("relu", "softmax"), plane$three, "sparse_categorical_crossentropy", epochs = 300),
  linear = function() fitted_net(1, "linear", plane$x %*% c(1, -2) + 3, epochs = 1000, optimizer = optimizer_sgd(0.1)),
  deep = function() fitted_net(c(16, 16, 1), c("relu", "relu", "linear"), plane$curved, epochs = 200)
)

seeded <- function(make) {
  withr::with_seed(1, make())
}

diagnosed <- function(make, ...) {
  args <- seeded(make)
  suppressWarnings(do.call(diagnose, c(args, list(...))), classes = "kestrel_warning")
}

# Each check of a group finds its fault, no check fails, and what is proven can be verified.
expect_checks <- function(group) {
  skip_if_not_installed("withr")
  catalogue <- diagnosis_catalogue()
  for (id in vapply(group, `[[`, "", "id")) {
    level <- catalogue$level[catalogue$id == id]
    d <- diagnosed(faulty[[id]], level = if (level == "full") "full" else "standard", verify = TRUE)
    expect_true(id %in% d$id, label = sprintf("%s among %s", id, toString(d$id)))
    expect_identical(attr(d, "failed"), character(), label = paste("failed checks of", id))
    proven <- d$confidence == "PROVEN"
    expect_true(all(d$verified[proven]),
      label = sprintf("certificates of %s in the case of %s", toString(d$id[proven & !d$verified]), id))
  }
}

found_in <- function(make, id, ...) {
  d <- diagnosed(make, ...)
  attr(d, "findings")[[match(id, d$id)]]
}

# In the place of one of the package's, until the caller ends.
local_function <- function(name, f, env = parent.frame()) {
  namespace <- asNamespace("kestrel")
  old <- get(name, envir = namespace)
  replace <- function(f) {
    unlockBinding(name, namespace)
    assign(name, f, envir = namespace)
    lockBinding(name, namespace)
  }
  replace(f)
  withr::defer(replace(old), envir = env)
}
