# Memory of fit() on a 60,000 x 784 double matrix: the matrix itself, one copy in the
# engine's precision, and little more. Linux only: reads the peak from /proc.
# Usage: Rscript bench/memory.R [float64|float32]

library(kestrel)

precision <- c(commandArgs(TRUE), "float64")[1]

status <- function(field) {
  line <- grep(paste0("^", field, ":"), readLines("/proc/self/status"), value = TRUE)
  as.numeric(gsub("[^0-9]", "", line)) / 1024
}

rows <- 60000
columns <- 784
k_set_floatx(precision)
model <- keras_model_sequential() %>%
  layer_dense(128, activation = "relu", input_shape = columns) %>%
  layer_dense(10, activation = "softmax")
model %>% compile(loss = "sparse_categorical_crossentropy", optimizer = "sgd")
invisible(fit(model, matrix(0, 64, columns), rep(0:1, 32), epochs = 1, verbose = 0))

x <- matrix(0.5, rows, columns)
y <- rep(0:9, length.out = rows)
invisible(gc())
before <- status("VmRSS")
matrix_mb <- rows * columns * 8 / 2^20
engine_mb <- rows * columns * (if (precision == "float32") 4 else 8) / 2^20
invisible(fit(model, x, y, epochs = 1, batch_size = 128, verbose = 0))
cat(sprintf(
  "%s: matrix %.0f MB; fit() took %.0f MB at its peak, of which the engine's copy is %.0f MB: %.0f MB more\n",
  precision, matrix_mb, status("VmHWM") - before, engine_mb, status("VmHWM") - before - engine_mb
))
