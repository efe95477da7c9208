local_layout <- function(layout, frame = parent.frame()) {
  old <- options(kestrel.summary = layout)
  do.call(on.exit, list(bquote(options(.(old))), add = TRUE), envir = frame)
}

skip_if_not(l10n_info()[["UTF-8"]], "not a UTF-8 locale")

# Real output of R keras3 1.5.1 with Keras 3.15.1.
lines_315 <- c(
  'Model: "sequential_1"',
  "┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━┳━━━━━━━┓",
  "┃ Layer (type)                  ┃ Output Shape           ┃     Param # ┃ Trai… ┃",
  "┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━╇━━━━━━━┩",
  "│ dense_2 (Dense)               │ (None, 8)              │          40 │   Y   │",
  "├───────────────────────────────┼────────────────────────┼─────────────┼───────┤",
  "│ dropout (Dropout)             │ (None, 8)              │           0 │   -   │",
  "├───────────────────────────────┼────────────────────────┼─────────────┼───────┤",
  "│ batch_normalization           │ (None, 8)              │          32 │   Y   │",
  "│ (BatchNormalization)          │                        │             │       │",
  "├───────────────────────────────┼────────────────────────┼─────────────┼───────┤",
  "│ dense_3 (Dense)               │ (None, 1)              │           9 │   Y   │",
  "└───────────────────────────────┴────────────────────────┴─────────────┴───────┘",
  " Total params: 81 (324.00 B)",
  " Trainable params: 65 (260.00 B)",
  " Non-trainable params: 16 (64.00 B)"
)

with_states <- function() {
  keras_model_sequential(input_shape = 4, name = "sequential_1", dtype = "float32") %>%
    layer_dense(8, name = "dense_2") %>% layer_dropout(0.5) %>% layer_batch_normalization() %>%
    layer_dense(1, name = "dense_3")
}

two_inputs <- function() {
  a <- layer_input(4, name = "main_input")
  b <- layer_input(3, name = "input_layer_1")
  both <- layer_concatenate(list(layer_dense(a, 8, name = "dense_3"),
    layer_dense(b, 8, name = "dense_4")))
  inner <- keras_model_sequential(input_shape = 16, name = "inner") %>%
    layer_batch_normalization() %>% layer_dense(1)
  keras_model(list(a, b), inner(both), name = "two_in")
}

test_that("the box is that of R keras3, byte for byte", {
  local_layout("keras3")
  expect_identical(format(with_states(), line_length = 80), lines_315)
  expect_identical(capture.output(print(with_states(), line_length = 80)), lines_315)
  expect_output(text <- summary(with_states(), line_length = 80), "Trai")
  expect_identical(text, paste(lines_315, collapse = "\n"))
})

# Real output of Keras 3.
test_that("connections are those of Keras 3, byte for byte", {
  local_layout("keras3")
  lines <- format(two_inputs(), line_length = 80, show_trainable = FALSE)
  expect_identical(lines[c(2:4, 5:6, 8, 9, 11, 13:14)], c(
    "┏━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━┓",
    "┃ Layer (type)          ┃ Output Shape      ┃     Param # ┃ Connected to       ┃",
    "┡━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━┩",
    "│ main_input            │ (None, 4)         │           0 │ -                  │",
    "│ (InputLayer)          │                   │             │                    │",
    "│ input_layer_1         │ (None, 3)         │           0 │ -                  │",
    "│ (InputLayer)          │                   │             │                    │",
    "│ dense_3 (Dense)       │ (None, 8)         │          40 │ main_input[0][0]   │",
    "│ dense_4 (Dense)       │ (None, 8)         │          32 │ input_layer_1[0][… │",
    "├───────────────────────┼───────────────────┼─────────────┼────────────────────┤"
  ))
  expect_identical(lines[15:16], c(
    "│ concatenate           │ (None, 16)        │           0 │ dense_3[0][0],     │",
    "│ (Concatenate)         │                   │             │ dense_4[0][0]      │"
  ))
})

test_that("graphs, shared layers, chains and models in models have their columns", {
  local_layout("keras3")
  shared <- layer_dense(units = 2, name = "shared")
  a <- layer_input(3, name = "a")
  b <- layer_input(3, name = "b")
  expect_snapshot({
    print(two_inputs(), line_length = 80)
    print(keras_model(list(a, b), list(shared(a), shared(b)), name = "twins"), line_length = 80)
    print(keras_model(a, layer_dense(a, 1000, name = "wide"), name = "chain"), line_length = 80)
  })
})

test_that("narrow and wide boxes share the width", {
  local_layout("keras3")
  expect_snapshot({
    print(with_states(), line_length = 40)
    print(with_states(), line_length = 57, show_trainable = FALSE)
    print(with_states(), line_length = 120)
  })
  for (width in c(40, 41, 79, 133, 200)) {
    for (model in list(with_states(), two_inputs())) {
      lines <- grep("^[^ M]", format(model, line_length = width), value = TRUE)
      expect_true(all(nchar(lines, "width") == width))
    }
  }
})

# What Keras' renderer of tables gives.
test_that("columns share what is too much or too little as in Keras", {
  widths <- function(...) box_widths(..., call = NULL) + 2
  expect_identical(widths(80, box_positions(FALSE), FALSE), c(35, 26, 15))
  expect_identical(widths(80, box_positions(TRUE), FALSE), c(23, 19, 13, 20))
  expect_identical(widths(80, box_positions(FALSE), TRUE), c(31, 24, 13, 7))
  expect_identical(widths(98, c(0.14, 0.39, 0.6, 0.64), TRUE), c(11, 21, 17, 2, 41))
  expect_identical(sum(widths(100, c(0.2, 0.4, 0.6), FALSE)), 96)
})

test_that("the console decides the width, up to 180 characters", {
  local_layout("keras3")
  old <- options(width = 60)
  on.exit(options(old))
  expect_identical(nchar(format(with_states())[2]), 60L)
  options(width = 250)
  expect_identical(nchar(format(with_states())[2]), 180L)
  options(kestrel.summary = NULL)
  expect_identical(nchar(format(with_states())[2]), 250L)
})

test_that("positions are shares or characters", {
  local_layout("keras3")
  model <- with_states()
  for (shown in c(FALSE, TRUE)) {
    shares <- format(model, line_length = 80, positions = c(0.3, 0.6, 1), show_trainable = shown)
    expect_identical(format(model, positions = c(24, 48, 80), show_trainable = shown), shares)
  }
  expect_refused(format(model, line_length = 80, positions = c(0.01, 0.6, 1)), "argument",
    "positions")
  expect_refused(format(model, positions = c(0.3, 0.6)), "argument", "positions")
})

test_that("models without layers or shapes have a box, too", {
  local_layout("keras3")
  expect_snapshot({
    print(keras_model_sequential(), line_length = 60)
    print(keras_model_sequential(name = "mine") %>% layer_dense(3) %>% layer_dropout(0.5) %>%
      layer_flatten(), line_length = 60)
    print(keras_model_sequential() %>% layer_dense(3), line_length = 60, show_trainable = TRUE)
  })
})

# Numbers of a column, and of a line below the box.
column <- function(lines, i) {
  rows <- strsplit(grep("^│", lines, value = TRUE), "│", fixed = TRUE)
  trimws(vapply(rows, `[`, "", i + 1))
}

total <- function(lines, what) {
  line <- grep(paste0("^ ", what, " params: "), lines, value = TRUE)
  as.numeric(gsub("[^0-9]", "", sub(" \\(.*", "", line)))
}

test_that("counts are those of count_params() and of the weights", {
  local_layout("keras3")
  big <- keras_model_sequential(input_shape = 784) %>% layer_dense(1500) %>%
    layer_batch_normalization() %>% layer_dense(10)
  for (model in list(with_states(), two_inputs(), big, freeze_weights(with_states(), to = 1))) {
    lines <- format(model, line_length = 120)
    params <- column(lines, 3)
    params <- as.numeric(gsub(",", "", params[nzchar(params)]))
    expect_identical(params, vapply(model$layers, count_params, 0))
    expect_identical(total(lines, "Total"), count_params(model))
    expect_identical(total(lines, "Trainable"),
      sum(as.double(lengths(model$trainable_weights))))
    expect_identical(total(lines, "Non-trainable"),
      sum(as.double(lengths(model$non_trainable_weights))))
  }
  expect_match(format(big), " Total params: 1,198,510 \\(9.14 MB\\)", all = FALSE)
})

test_that("a trained model counts its optimizer", {
  local_layout("keras3")
  model <- compile(with_states(), "adam", "mse")
  expect_identical(format(model, line_length = 80), lines_315)
  fit(model, matrix(seq(-1, 1, length.out = 40), 10), 1:10, epochs = 1, verbose = 0)
  expect_identical(tail(format(model), 4), c(
    " Total params: 213 (856.00 B)",
    " Trainable params: 65 (260.00 B)",
    " Non-trainable params: 16 (64.00 B)",
    " Optimizer params: 132 (532.00 B)"
  ))
})

test_that("without UTF-8 the box is drawn in ASCII", {
  local_layout("keras3")
  old <- Sys.getlocale("LC_CTYPE")
  on.exit(Sys.setlocale("LC_CTYPE", old), add = TRUE)
  utf8 <- format(with_states(), line_length = 80)
  Sys.setlocale("LC_CTYPE", "C")
  skip_if(l10n_info()[["UTF-8"]], "the C locale is UTF-8")
  ascii <- format(with_states(), line_length = 80)
  Sys.setlocale("LC_CTYPE", old)
  expect_identical(Encoding(ascii), rep("unknown", length(ascii)))
  expect_false(any(grepl("[^ -~]", ascii)))
  expect_identical(nchar(ascii), nchar(utf8))
  expect_snapshot(cat(ascii, sep = "\n"))
})

test_that("wide letters keep the layout", {
  local_layout("keras3")
  model <- keras_model_sequential(input_shape = 2) %>% layer_dense(1, name = "mod\u00e8le") %>%
    layer_dense(1, name = "\u6a21\u578b") %>% layer_dense(1, name = strrep("\u6a21", 60))
  lines <- grep("^│", format(model, line_length = 80), value = TRUE)
  expect_true(all(nchar(lines, "width") == 80))
})

test_that("an unknown layout is refused", {
  local_layout(NULL)
  model <- with_states()
  for (bad in list("keras4", 3, NA, c("keras2", "keras3"), TRUE, list(), "")) {
    options(kestrel.summary = bad)
    for (f in list(print, summary, format)) {
      expect_refused(f(model), "argument", "options(kestrel.summary)")
    }
  }
  options(kestrel.summary = "keras4")
  expect_snapshot(print(model), error = TRUE)
  options(kestrel.summary = "keras2")
  expect_match(format(model)[2], "^_+$")
  options(kestrel.summary = NULL)
  expect_match(format(model)[2], "^_+$")
})
