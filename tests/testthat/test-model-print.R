# Real output of R keras 2.15; its models hold float32.
lines_215 <- c(
  'Model: "sequential"',
  "________________________________________________________________________________",
  " Layer (type)                       Output Shape                    Param #     ",
  "================================================================================",
  " h (Dense)                          (None, 8)                       40          ",
  " o (Dense)                          (None, 1)                       9           ",
  "================================================================================",
  "Total params: 49 (196.00 Byte)",
  "Trainable params: 49 (196.00 Byte)",
  "Non-trainable params: 0 (0.00 Byte)",
  "________________________________________________________________________________"
)

lines_215_frozen <- c(
  'Model: "sequential_1"',
  "________________________________________________________________________________",
  " Layer (type)                  Output Shape               Param #    Trainable  ",
  "================================================================================",
  " dense_4 (Dense)               (None, 8)                  40         Y          ",
  " dropout (Dropout)             (None, 8)                  0          Y          ",
  " batch_normalization (BatchNo  (None, 8)                  32         Y          ",
  " rmalization)                                                                   ",
  " dense_3 (Dense)               (None, 1)                  9          Y          ",
  "================================================================================",
  "Total params: 81 (324.00 Byte)",
  "Trainable params: 65 (260.00 Byte)",
  "Non-trainable params: 16 (64.00 Byte)",
  "________________________________________________________________________________"
)

plain <- function(dtype = "float32") {
  keras_model_sequential(input_shape = 4, dtype = dtype) %>%
    layer_dense(8, name = "h") %>% layer_dense(1, name = "o")
}

test_that("the summary is that of R keras 2.15, byte for byte", {
  expect_identical(format(plain(), line_length = 80), lines_215)
  model <- keras_model_sequential(input_shape = 4, name = "sequential_1", dtype = "float32") %>%
    layer_dense(8, name = "dense_4") %>% layer_dropout(0.5) %>% layer_batch_normalization() %>%
    layer_dense(1, name = "dense_3")
  expect_identical(format(model, line_length = 80), lines_215_frozen)
})

test_that("bytes are those of the model's precision", {
  expected <- sub("196.00", "392.00", lines_215)
  expect_identical(format(plain("float64"), line_length = 80), expected)
})

test_that("print() gives the model, summary() the text, both invisibly", {
  model <- plain()
  expect_identical(capture.output(print(model, line_length = 80)), lines_215)
  expect_identical(capture.output(text <- summary(model, line_length = 80)), lines_215)
  expect_identical(text, paste(lines_215, collapse = "\n"))
  capture.output(expect_invisible(print(model)), expect_invisible(summary(model)))
})

test_that("the width is the console's, or what is asked for", {
  old <- options(width = 60)
  on.exit(options(old))
  model <- plain()
  expect_identical(max(nchar(format(model))), 60L)
  expect_identical(max(nchar(format(model, line_length = 100))), 100L)
  expect_identical(max(nchar(format(model, line_length = 5))), 40L)
})

test_that("columns end where positions say", {
  lines <- format(plain(), line_length = 80, positions = c(0.3, 0.6, 1))
  expect_identical(regexpr("Output", lines[3])[1], 25L)
  expect_identical(format(plain(), positions = c(24, 48, 80)), lines)
})

test_that("the column of frozen layers shows when needed or asked for", {
  model <- plain()
  expect_identical(sum(grepl("Trainable  $", format(model, line_length = 80))), 0L)
  expect_identical(sum(grepl("Trainable  $",
    format(model, show_trainable = TRUE, line_length = 80))), 1L)
  freeze_weights(model, to = "h")
  expect_snapshot(print(model, line_length = 80))
  expect_identical(sum(grepl("Trainable  $",
    format(model, show_trainable = FALSE, line_length = 80))), 0L)
})

test_that("sizes have two decimals and steps of 1024", {
  expect_identical(bytes_text(c(0, 1, 1023, 1024, 814120, 2^20, 2^30 * 1.5, 2^50)), c(
    "0.00 Byte", "1.00 Byte", "1023.00 Byte", "1.00 KB", "795.04 KB", "1.00 MB", "1.50 GB",
    "1.00 PB"
  ))
})

test_that("names of several bytes or columns keep the layout", {
  model <- keras_model_sequential(input_shape = 2) %>%
    layer_dense(1, name = "mod\u00e8le") %>% layer_dense(1, name = "\u6a21\u578b") %>%
    layer_dense(1, name = strrep("\u6a21", 60))
  lines <- format(model, line_length = 80)
  rows <- lines[5:(which(lines == strrep("=", 80))[2] - 1)]
  expect_true(all(nchar(rows, "width") == 80))
})

test_that("models without layers or shapes say so", {
  expect_snapshot({
    keras_model_sequential()
    print(keras_model_sequential(name = "mine") %>% layer_dense(3) %>% layer_dropout(0.5))
    print(keras_model_sequential(input_shape = c(28, 28)) %>% layer_flatten() %>% layer_dense(10))
  })
})

test_that("bad widths and positions are refused", {
  model <- plain()
  for (bad in list("a", NA, 0, c(1, 2), NULL)) {
    expect_refused(summary(model, line_length = bad), "argument", "line_length")
  }
  for (bad in list("a", NA, c(0.5, 0.2, 1), 0.5, c(-1, 0.5, 1))) {
    expect_refused(summary(model, positions = bad), "argument", "positions")
  }
  for (bad in list("a", 3, c(TRUE, FALSE))) {
    expect_refused(summary(model, show_trainable = bad), "argument", "show_trainable")
  }
})

test_that("str() shows the layers of a model", {
  model <- small_model()
  expect_snapshot({
    str(model)
    str(model$layers[[1]])
    str(list(a = keras_model_sequential()))
  })
})

test_that("summary() takes no arguments of other functions", {
  model <- small_model()
  expect_refused(summary(model, foo = 1), "argument", "foo")
})

test_that("`width` is the width", {
  model <- keras_model_sequential(input_shape = 2) %>% layer_dense(3)
  expect_identical(format(model, width = 50), format(model, line_length = 50))
  expect_output(summary(model, width = 50), strrep("=", 50), fixed = TRUE)
  expect_error(summary(model, width = "a"), class = "kestrel_error_argument")
})
