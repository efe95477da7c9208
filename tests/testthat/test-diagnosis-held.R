# 100 rows of 12 inputs: too few for a test of bends, but for 30 rows that are held out.
straight <- function(bend = 0) {
  withr::local_seed(6)
  x <- matrix(stats::rnorm(1200), 100)
  list(x = x, y = drop(x %*% seq(-1, 1, length.out = 12)) + bend * (x[, 1]^2 - 1) + 0.5 * stats::rnorm(100))
}

linear_fit <- function(data, ...) {
  net(12, c(4, 1), c("linear", "linear"), epochs = 60, x = data$x, y = data$y, ...)
}

severity_of <- function(d, id) d$severity[d$id == id]

test_that("the tail that validation_split takes counts as validation data do", {
  for (bend in c(0, 3)) {
    data <- straight(bend)
    split <- linear_fit(data, validation_split = 0.3)
    train <- 1:70
    given <- linear_fit(list(x = data$x[train, ], y = data$y[train]),
      validation_data = list(data$x[-train, ], data$y[-train]))
    a <- diagnose(split, data$x, data$y)
    b <- diagnose(given, data$x[train, ], data$y[train], validation_data = list(data$x[-train, ], data$y[-train]))
    expect_equal(attr(a, "case")$bend_held, attr(b, "case")$bend_held)
    expect_identical(severity_of(a, "S1"), if (bend == 0) "note" else "fault")
    expect_identical(severity_of(b, "S1"), severity_of(a, "S1"))
  }
})

test_that("without rows held out, or of other rows than those of the fit, there is no tail", {
  data <- straight()
  expect_null(attr(diagnose(linear_fit(data), data$x, data$y), "case")$held_out)
  split <- linear_fit(data, validation_split = 0.3)
  case <- attr(diagnose(split, data$x[1:70, ], data$y[1:70]), "case")
  expect_null(case$held_out)
  expect_identical(case$trained_rows, 1:70)
  case <- attr(diagnose(split, data$x, data$y), "case")
  expect_identical(case$held_out$x[[1]], data$x[71:100, ])
  expect_identical(as.vector(case$held_out$y[[1]]), data$y[71:100])
  expect_identical(case$trained_rows, 1:70)
  expect_identical(nrow(split_rows(case)$train), 70L)
})

test_that("outputs of a model have validation rows of their own", {
  data <- straight()
  input <- layer_input(12)
  hidden <- input %>% layer_dense(4)
  m <- keras_model(input, list(layer_dense(hidden, 1, name = "a"), layer_dense(hidden, 1, name = "b")))
  m %>% compile(loss = "mse", optimizer = optimizer_adam(0.01))
  m %>% fit(data$x, list(data$y, -data$y), epochs = 60, verbose = 0, validation_split = 0.3)
  d <- diagnose(m, data$x, list(data$y, -data$y))
  views <- attr(d, "case")$views
  expect_equal(views$a$bend_held, views$b$bend_held)
  expect_gt(views$a$bend_held, 0.9)
  expect_identical(unique(severity_of(d, "S1")), "note")
})

test_that("looks while training know the rows held out", {
  data <- straight()
  look <- callback_diagnose()
  expect_silent(linear_fit(data, validation_split = 0.3, callbacks = look))
  case <- attr(look$diagnosis, "case")
  expect_identical(case$held_out$x[[1]], data$x[71:100, ])
  expect_false("G3" %in% look$diagnosis$id)
  expect_identical(severity_of(look$diagnosis, "S1"), "note")
  given <- straight(3)
  expect_message(linear_fit(given, validation_split = 0.3, callbacks = look), "Linear collapse")
})
