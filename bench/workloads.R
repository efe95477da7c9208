# The workloads. Widths go from inputs to outputs; `unit` epochs (or predictions) are what the
# table gives the time of.

workload <- function(id, what, rows, widths, batch, precision, activation = "relu",
                     classes = FALSE, task = "fit", unit = 1, goal = "") {
  list(id = id, what = what, rows = rows, widths = widths, batch = batch, precision = precision,
       activation = activation, classes = classes, task = task, unit = unit, goal = goal)
}

small <- workload(
  "W1", "1-10-1 tanh, 3 rows, Adam, 10,000 epochs", 3, c(1, 10, 1), 32, "float64",
  activation = "tanh", unit = 10000, goal = "4 ms; 300 x PyTorch"
)
founding <- workload(
  "founding", "1-10-1 linear, 3 rows, Adam, 10,000 epochs", 3, c(1, 10, 1), 32, "float64",
  activation = "linear", unit = 10000, goal = "50 ms"
)
founding$data <- list(x = matrix(c(-1, 0, 1)), y = c(-0.2445248, 0.1232554, 0.1713998))
table_rows <- workload(
  "W2", "1,000 x 10, 32-32-1, batch 32", 1000, c(10, 32, 32, 1), 32, "float32",
  goal = "0.15 ms; 40 x PyTorch"
)
wide_rows <- workload(
  "W3", "20,000 x 50, 128-64-1, batch 128", 20000, c(50, 128, 64, 1), 128, "float32",
  goal = "65 % of peak; 7 x PyTorch"
)
digits <- workload(
  "W4", "60,000 x 784, 128-10 softmax, batch 128", 60000, c(784, 128, 10), 128, "float32",
  classes = TRUE, goal = "65 % of peak; 2 x PyTorch"
)
large <- function(precision) {
  workload("W5", "784-1024-1024-10, 10,000 rows, batch 256", 10000, c(784, 1024, 1024, 10), 256,
           precision, classes = TRUE, goal = "80 % of peak; 1.4 x the best peer")
}
many_rows <- workload(
  "W7", "predict 1,000,000 x 20, 64-64-1", 1e6, c(20, 64, 64, 1), 4096, "float32",
  task = "predict", goal = "60 ms"
)

all_workloads <- function() {
  list(small, founding, table_rows, wide_rows, digits, large("float32"), large("float64"),
       many_rows)
}

# Two operations for a weight and row forward, two for the gradient by the weight, and two for
# the gradient by what came in, which the first layer does without.
flops <- function(w) {
  weights <- head(w$widths, -1) * tail(w$widths, -1)
  passes <- if (w$task == "predict") rep(2, length(weights)) else c(4, rep(6, length(weights) - 1))
  w$rows * sum(weights * passes)
}

# Fewer rows, where all of them would take a peer minutes; times grow linearly in rows.
part_of <- function(w, rows) {
  w$share <- min(1, rows / w$rows)
  w$rows <- min(w$rows, rows)
  w
}

# x and y as R has them: codes 0, 1, .. for classes, else numbers.
workload_data <- function(w) {
  if (!is.null(w$data)) return(w$data)
  set.seed(1)
  x <- matrix(rnorm(w$rows * w$widths[1]), w$rows)
  outputs <- tail(w$widths, 1)
  y <- if (w$classes) sample(0:(outputs - 1), w$rows, TRUE) else rnorm(w$rows)
  list(x = x, y = y)
}

hidden_of <- function(w) head(w$widths[-1], -1)
