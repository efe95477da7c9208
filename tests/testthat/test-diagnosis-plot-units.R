two_layers <- function() {
  model <- keras_model_sequential() %>%
    layer_dense(4, "relu", input_shape = 2, name = "first") %>%
    layer_dense(3, "tanh", name = "second") %>%
    layer_dense(1, name = "last")
  set.seed(4)
  w <- lapply(get_weights(model), function(w) w + rnorm(length(w)) / 2)
  w[[2]][3] <- -50
  w[[4]][2] <- 9
  set_weights(model, w)
}

test_that("quantiles of the units are those of a pass in plain R", {
  set.seed(5)
  x <- matrix(rnorm(60), 30)
  model <- two_layers()
  rows <- unit_rows(picture_case(model, x, rnorm(30)))
  w <- get_weights(model)
  first <- pmax(x %*% w[[1]] + rep(w[[2]], each = 30), 0)
  second <- tanh(first %*% w[[3]] + rep(w[[4]], each = 30))
  last <- second %*% w[[5]] + c(w[[6]])
  by_hand <- apply(cbind(first, second, last), 2, quantile, c(0.05, 0.5, 0.95), names = FALSE)
  expect_equal(t(as.matrix(rows[c("low", "middle", "high")])), by_hand, tolerance = 1e-6,
    ignore_attr = TRUE)
  expect_identical(rows$layer, rep(c("first", "second", "last"), c(4, 3, 1)))
  expect_identical(rows$activation, rep(c("relu", "tanh", "linear"), c(4, 3, 1)))
  expect_identical(rows$unit, c(1:4, 1:3, 1L))
  off <- colSums(first) == 0
  flat <- colMeans(1 - second^2 < 0.01) > 0.5
  expect_identical(which(rows$state == "dead"), which(off))
  expect_identical(which(rows$state == "saturated"), 4L + which(flat))
  expect_true(off[3] && flat[2] && !all(off) && !all(flat))
})

test_that("a unit is saturated on more than half of the rows, dead on all", {
  z <- cbind(c(9, 9, 9, 0), c(9, -9, 0, 0), c(-1, -1, -1, -1), c(-1, -1, -1, 1))
  expect_identical(unit_states(z, tanh(z), "tanh"), c("saturated", "", "", ""))
  expect_identical(unit_states(z, pmax(z, 0), "relu"), c("", "", "dead", ""))
  leaky <- ifelse(z > 0, z, 0.1 * z)
  expect_identical(unit_states(z, leaky, "relu"), c("", "", "", ""))
  expect_identical(unit_states(z, z, NA_character_), c("", "", "", ""))
  expect_identical(unit_states(z, replace(z, 2, NaN), NA_character_), c("not finite", "", "", ""))
})

test_that("panels count the dead and the saturated", {
  set.seed(5)
  x <- matrix(rnorm(60), 30)
  rows <- unit_rows(picture_case(two_layers(), x, rnorm(30)))
  dead <- sum(rows$state == "dead")
  saturated <- sum(rows$state == "saturated")
  expect_identical(levels(unit_panels(rows)), c(
    sprintf("first (relu): 4 units, %d dead (crosses)", dead),
    sprintf("second (tanh): 3 units, %d saturated (squares)", saturated),
    "last (linear): 1 unit"
  ))
})

test_that("activations of their own, also of a graph, are read behind what they take", {
  input <- layer_input(2)
  hidden <- input %>% layer_dense(3, name = "d")
  output <- layer_add(list(
    hidden %>% layer_activation("relu", name = "r"),
    hidden %>% layer_activation("tanh", name = "t")
  )) %>% layer_dense(1, name = "o")
  model <- keras_model(input, output)
  set.seed(6)
  x <- matrix(rnorm(20), 10)
  rows <- unit_rows(picture_case(model, x, rnorm(10)))
  expect_setequal(unique(rows$layer), c("r", "t", "o"))
  w <- get_weights(model)
  z <- x %*% w[[1]] + rep(w[[2]], each = 10)
  expect_equal(rows$middle[rows$layer == "t"], apply(tanh(z), 2, median), tolerance = 1e-6)
})

test_that("models without units, or without finite ones, are refused", {
  flat <- keras_model_sequential() %>% layer_flatten(input_shape = 2)
  x <- matrix(1:6 / 6, 3)
  expect_refused(unit_rows(picture_case(flat, x, x)), "state", "x")
  model <- keras_model_sequential() %>% layer_dense(2, "relu", input_shape = 2) %>% layer_dense(1)
  wild <- optimizer_sgd(1e12)
  case <- suppressWarnings(picture_case(model, x, 1:3, optimizer = wild, epochs = 60))
  expect_true(anyNA(unlist(get_weights(model))))
  expect_refused(unit_rows(case), "state", "x")
})
