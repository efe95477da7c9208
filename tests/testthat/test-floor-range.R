test_that("activations keep to their ranges", {
  x <- c(-Inf, -1e3, -seq(30, 0, by = -0.001), seq(0, 30, by = 0.01), 1e3)
  table <- registry("activations")
  for (name in table$name) {
    h <- table$hparams[[match(name, table$name)]]
    range <- activation_range(name, h)
    if (is_axis_activation(name)) next
    y <- engine_activation(list(name = name, h = as.double(h)), x, 1L)
    y <- y[is.finite(y)]
    expect_gte(min(y), range$low)
    expect_lte(max(y), range$high)
  }
})

test_that("they do so with any settings", {
  x <- c(-1e3, -seq(30, 0, by = -0.01), seq(0, 30, by = 0.01), 1e3)
  some <- c(-1.5, -0.5, 0, 0.5, 1.5)
  limits <- c(NaN, 0.2, 1)
  bends <- list(
    relu = expand.grid(negative_slope = some, max_value = limits, threshold = some),
    leaky_relu = data.frame(negative_slope = some), elu = data.frame(alpha = some),
    celu = data.frame(alpha = c(0.5, 1.5)), thresholded_relu = data.frame(theta = some),
    threshold = expand.grid(threshold = some, default_value = some)
  )
  for (name in names(bends)) {
    known <- names(registry_row("activations", name)$hparams)
    for (i in seq_len(nrow(bends[[name]]))) {
      h <- unlist(bends[[name]][i, known, drop = FALSE])
      names(h) <- known
      y <- engine_activation(list(name = name, h = as.double(h)), x, 1L)
      range <- activation_range(name, h)
      expect_gte(min(y), range$low)
      expect_lte(max(y), range$high)
    }
  }
})

test_that("settings move the range", {
  expect_equal(relu_range(c(negative_slope = 0, max_value = 2, threshold = 0)), list(low = 0, high = 2))
  expect_equal(relu_range(c(negative_slope = 0.1, max_value = NaN, threshold = 0)),
    list(low = -Inf, high = Inf))
  expect_equal(activation_range("threshold", c(threshold = 1, default_value = -2))$low, -2)
  expect_true(activation_range("softmax")$simplex)
  expect_equal(activation_range("of the future"), list(low = -Inf, high = Inf))
})
