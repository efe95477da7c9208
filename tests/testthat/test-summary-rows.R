nested <- function() {
  encoder <- keras_model_sequential(input_shape = 4, name = "encoder", dtype = "float32") %>%
    layer_dense(8, name = "h") %>% layer_dense(2, name = "code")
  input <- layer_input(4, name = "x")
  keras_model(input, input %>% encoder() %>% layer_dense(3, name = "out"), name = "outer")
}

# As Keras 2.15 draws it.
nested_lines <- c(
  'Model: "outer"',
  "______________________________________________________________________",
  " Layer (type)                  Output Shape                Param #    ",
  "======================================================================",
  " x (InputLayer)                [(None, 4)]                 0          ",
  "                                                                      ",
  " encoder (Sequential)          (None, 2)                   58         ",
  paste0("|", strrep("\u00af", 68), "|"),
  "| h (Dense)                    (None, 8)                   40        |",
  "|                                                                    |",
  "| code (Dense)                 (None, 2)                   18        |",
  strrep("\u00af", 70),
  " out (Dense)                   (None, 3)                   9          ",
  "                                                                      ",
  "======================================================================"
)

test_that("models in a model are drawn with their layers as Keras 2.15 does, byte for byte", {
  skip_if_not(l10n_info()[["UTF-8"]])
  all <- format(nested(), line_length = 70, expand_nested = TRUE, compact = FALSE)
  expect_identical(all[seq_along(nested_lines)], nested_lines)
  compact <- format(nested(), line_length = 70, expand_nested = TRUE)
  expect_identical(compact, all[nzchar(trimws(all))])
})

test_that("models in models in a model are drawn, with connections, and in the box", {
  skip_if_not(l10n_info()[["UTF-8"]])
  input <- layer_input(4, name = "z")
  part <- nested()
  sum <- layer_add(list(part(input), layer_dense(input, 3, name = "beside")), name = "sum")
  model <- keras_model(input, sum, name = "all")
  expect_snapshot(summary(model, line_length = 98, expand_nested = TRUE))
  rlang::local_options(kestrel.summary = "keras3")
  expect_snapshot(summary(model, line_length = 98, expand_nested = TRUE, show_trainable = TRUE))
})

test_that("a range of layers is shown by names or expressions, in either order", {
  shown <- function(...) {
    lines <- format(nested(), layer_range = c(...))
    gsub("^ | \\(.*", "", lines[4 + seq_len(which(grepl("^=", lines))[2] - 5)])
  }
  expect_identical(shown("encoder", "out"), c("encoder", "out"))
  expect_identical(shown("out", "encoder"), c("encoder", "out"))
  expect_identical(shown("x", "enc.*r$"), c("x", "encoder"))
  expect_identical(shown("o", "out"), "out")
  expect_identical(tail(format(nested(), layer_range = c("out", "out")), 4), tail(format(nested()), 4))
})

test_that("a range that is none, or that no layer is in, is refused", {
  model <- nested()
  expect_snapshot(summary(model, layer_range = 3), error = TRUE)
  expect_snapshot(summary(model, layer_range = c("out", "[")), error = TRUE)
  expect_snapshot(summary(keras_model_sequential(), layer_range = c("a", "b")), error = TRUE)
  expect_error(summary(model, layer_range = c("code", "out")), class = "kestrel_error_argument")
  expect_error(summary(model, expand_nested = 2), class = "kestrel_error_argument")
  expect_error(summary(model, compact = NA), class = "kestrel_error_argument")
})

test_that("a chain with two outputs shows no connections, as in Keras", {
  input <- layer_input(4, name = "x")
  first <- layer_dense(input, 3, name = "first")
  model <- keras_model(input, list(first, layer_dense(first, 1, name = "second")))
  expect_false(any(grepl("Connected to", format(model), fixed = TRUE)))
})
