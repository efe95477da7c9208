line_case <- function(w = c(1, -1, 0.5)) {
  set.seed(10)
  x <- matrix(rnorm(40), 20)
  y <- x[, 1] + rnorm(20)
  list(x = x, y = y, w = w, case = picture_case(straight_line(2, w), x, y),
    loss = function(w) mean((cbind(x, 1) %*% w - y)^2),
    gradient = function(w) as.vector(2 * crossprod(cbind(x, 1), cbind(x, 1) %*% w - y) / 20))
}

test_that("directions are downhill and across, orthonormal", {
  l <- line_case()
  d <- slice_directions(l$case, slice_names)
  g <- l$gradient(l$w)
  top <- eigen(line_hessian(l$x))$vectors[, 1]
  across <- top - g * sum(top * g) / sum(g^2)
  expect_named(d, c("gradient", "sharpest"))
  expect_equal(d$gradient, -g / sqrt(sum(g^2)), tolerance = 1e-6)
  expect_equal(abs(sum(d$sharpest * across)) / sqrt(sum(across^2)), 1, tolerance = 1e-6)
  expect_equal(crossprod(do.call(cbind, d)), diag(2), tolerance = 1e-12, ignore_attr = TRUE)
})

test_that("where the gradient is 0 the lowest curvature stands in", {
  x <- matrix(c(-1, 0, 1, 2))
  case <- picture_case(straight_line(1, c(2, 1)), x, as.vector(2 * x + 1))
  d <- slice_directions(case, slice_names)
  expect_named(d, c("sharpest", "lowest"))
  expect_equal(abs(do.call(cbind, d)), abs(eigen(line_hessian(x))$vectors), tolerance = 1e-6,
    ignore_attr = TRUE)
})

test_that("the loss on the grid is that of weights moved by hand, and the model stays", {
  l <- line_case()
  before <- get_weights(l$case$model)
  d <- slice_directions(l$case, slice_names)
  rows <- surface_rows(l$case, d, 5)
  by_hand <- mapply(function(a, b) l$loss(l$w + a * d[[1]] + b * d[[2]]), rows$a, rows$b)
  expect_equal(rows$loss, by_hand, tolerance = 1e-6)
  expect_identical(nrow(rows), 25L)
  expect_identical(get_weights(l$case$model), before)
  expect_equal(objective_value(l$case$objective), l$loss(l$w), tolerance = 1e-6)
})

test_that("a slice reaches to where the quadratic has changed by the loss", {
  l <- line_case()
  uphill <- l$gradient(l$w) / sqrt(sum(l$gradient(l$w)^2))
  reach <- slice_reach(l$case, uphill)
  expect_equal(l$loss(l$w + reach * uphill), 2 * l$loss(l$w), tolerance = 1e-6)
})

test_that("lines of equal loss are where the loss is what they say", {
  l <- line_case()
  d <- slice_directions(l$case, slice_names)
  lines <- contour_rows(surface_rows(l$case, d, 41))
  loss <- mapply(function(a, b) l$loss(l$w + a * d[[1]] + b * d[[2]]), lines$a, lines$b)
  expect_gt(length(unique(lines$label)), 5)
  expect_equal(tapply(loss, lines$label, max), tapply(loss, lines$label, min), tolerance = 0.01)
  expect_equal(loss, as.double(lines$label), tolerance = 0.06)
  expect_setequal(contour_labels(lines)$label, lines$label)
})

test_that("marks show the weights, and the lowest place where it is another", {
  rows <- expand.grid(a = c(-1, 0, 1), b = c(-1, 0, 1))
  rows$loss <- (rows$a - 1)^2 + rows$b^2
  marks <- surface_marks(rows)
  expect_identical(marks$label, c("you: 1", "lowest here: 0"))
  expect_identical(marks$a, c(0, 1))
  rows$loss <- rows$a^2 + rows$b^2
  expect_identical(surface_marks(rows)$label, "you: 0")
  rows$loss <- 3
  expect_identical(nrow(contour_rows(rows)), 0L)
})

test_that("a model of one weight has a line", {
  model <- keras_model_sequential() %>% layer_dense(1, use_bias = FALSE, input_shape = 1)
  set_weights(model, list(matrix(3)))
  case <- picture_case(model, c(1, 2), c(1, 2))
  d <- slice_directions(case, slice_names)
  expect_equal(unname(d), list(-1))
  rows <- surface_rows(case, d, 5)
  expect_equal(rows$loss, 2.5 * (2 - rows$a)^2, tolerance = 1e-6)
})

test_that("directions that are no two are refused", {
  l <- line_case()
  expect_refused(slice_directions(l$case, c("gradient", "gradient")), "argument", "directions")
  expect_refused(check_directions("up"), "argument", "directions")
  expect_refused(check_directions(1), "argument", "directions")
  expect_refused(check_directions(character()), "argument", "directions")
})

test_that("labels of lines keep away from marks and from each other", {
  rows <- expand.grid(a = seq(-1, 1, length.out = 81), b = seq(-1, 1, length.out = 81))
  rows$loss <- rows$a^2 + 2 * rows$b^2
  marks <- surface_marks(rows)
  labels <- contour_labels(contour_rows(rows), marks)
  places <- rbind(cbind(marks$a / 2, marks$b), cbind(labels$a / 2, labels$b))
  expect_gt(nrow(labels), 4)
  expect_gt(min(stats::dist(places)), 0.08)
})
