# What the last fit remembers of units, where there are no data.

idle_net <- function(activation, bias, size = 2) {
  set.seed(21)
  m <- keras_model_sequential(input_shape = 2) %>% layer_dense(size, activation, name = "bent") %>%
    layer_dense(3, "tanh") %>% layer_dense(1)
  compile(m, loss = "mse", optimizer = optimizer_sgd(1e-9))
  w <- get_weights(m)
  w[[2]] <- rep_len(bias, size)
  set_weights(m, w)
  fit(m, plane$x, plane$curved, epochs = 10, verbose = 0)
  m
}

test_that("a layer of dead units is seen without data", {
  d <- diagnose(idle_net("relu", -100))
  at <- match("U1", d$id)
  expect_identical(d$confidence[at], "STRONG")
  expect_identical(d$severity[at], "fault")
  expect_match(d$evidence[at], "units that were 0 in the last batch: 100 %")
  expect_match(format(d), "All units of layer \"bent\" were 0 on a whole batch", all = FALSE)
  expect_true(has_problem(d))
  expect_refused(try_fix(d, "U1"), "argument", "i")
  seen <- diagnose(idle_net("relu", -100), plane$x, plane$curved)
  expect_identical(seen$confidence[seen$id == "U1"], "PROVEN")
})

test_that("saturated units are seen without data, at the level that looks for them with data", {
  m <- idle_net("sigmoid", 100)
  d <- diagnose(m)
  expect_true("U2" %in% d$id[d$severity == "fault"])
  expect_match(format(d), "lay where sigmoid is flat", all = FALSE)
  expect_false("U2" %in% diagnose(m, level = "quick")$id)
})

test_that("half of the units are a note, fewer are nothing, and neither is an unknown fit", {
  d <- diagnose(idle_net("relu", c(-100, 100)))
  expect_identical(d$severity[d$id == "U1"], "note")
  expect_identical(d$confidence[d$id == "U1"], "LIKELY")
  few <- diagnose(idle_net("relu", c(-100, 100, 100), size = 3))
  expect_false("U1" %in% few$id)
  expect_true("U1" %in% attr(few, "ruled_out"))
  never <- diagnose(net(2, c(3, 1), c("relu", "linear")))
  expect_true("U1" %in% attr(never, "left_out"))
})

test_that("outputs that were not finite are no share of anything", {
  m <- idle_net("relu", 0)
  state <- model_state(m)
  state$last_fit$idle[] <- NaN
  d <- diagnose(m)
  expect_length(attr(d, "failed"), 0)
  expect_false("U1" %in% d$id)
})
