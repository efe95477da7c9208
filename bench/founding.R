# The founding job, 10,000 epochs of Adam on three points, in kestrel, nnet and PyTorch
# (Debian's python3-torch, where it is), interleaved in one run; and the small figures that
# users feel: one prediction, loading, installing, memory of a large fit.
# Usage: Rscript bench/founding.R [repetitions]

library(kestrel)

repetitions <- as.integer(c(commandArgs(TRUE), 5)[1])
x <- c(-1, 0, 1)
y <- c(-0.2445248, 0.1232554, 0.1713998)

seconds <- function(code) system.time(code)[["elapsed"]]

new_model <- function() {
  model <- keras_model_sequential()
  model %>%
    layer_dense(10, input_shape = c(1)) %>%
    layer_dense(activation = "linear", units = 1)
  model %>% compile(loss = "mean_squared_error", optimizer = optimizer_adam(lr = 0.00001))
  model
}

fit_silent <- function() {
  model <- new_model()
  seconds(model %>% fit(x, y, batch_size = 32, epochs = 10000, verbose = 0))
}

fit_printing <- function() {
  model <- new_model()
  file <- tempfile()
  sink(file)
  on.exit(sink())
  seconds(model %>% fit(x, y, batch_size = 32, epochs = 10000, verbose = 2))
}

# Ten hidden logistic units; every BFGS iteration is one step on all rows.
fit_nnet <- function() {
  seconds(nnet::nnet(x, y, size = 10, linout = TRUE, maxit = 10000, trace = FALSE,
    abstol = 0, reltol = 0))
}

torch_script <- "
import torch, time
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
x = torch.tensor([[-1.], [0.], [1.]])
y = torch.tensor([[-0.2445248], [0.1232554], [0.1713998]])
net = torch.nn.Sequential(torch.nn.Linear(1, 10), torch.nn.Linear(10, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-5)
start = time.time()
for epoch in range(10000):
    opt.zero_grad()
    loss = ((net(x) - y) ** 2).mean()
    loss.backward()
    opt.step()
print(time.time() - start)
"

python <- Sys.which("/usr/bin/python3")
has_torch <- nzchar(python) &&
  system2(python, c("-c", shQuote("import torch")), stdout = FALSE, stderr = FALSE) == 0

fit_torch <- function() {
  as.numeric(system2(python, c("-c", shQuote(torch_script)), stdout = TRUE))
}

jobs <- list(kestrel = fit_silent, `kestrel, verbose = 2` = fit_printing)
if (requireNamespace("nnet", quietly = TRUE)) jobs$`nnet (BFGS)` <- fit_nnet
if (has_torch) jobs$`PyTorch (eager)` <- fit_torch

times <- replicate(repetitions, vapply(jobs, function(job) job(), 0))
ratios <- apply(sweep(times, 2, times["kestrel", ], "/"), 1, median)
table <- data.frame(
  what = rownames(times), median_seconds = apply(times, 1, median), times_kestrel = ratios,
  row.names = NULL
)
cat("10,000 epochs on three points\n")
print(table, digits = 3)

model <- new_model()
one <- replicate(5, seconds(for (i in 1:2000) predict(model, 0.5)) / 2000)
cat(sprintf("\npredict() of one row: %.0f microseconds a call (median)\n", 1e6 * median(one)))

load_time <- replicate(5, {
  code <- "cat(system.time(library(kestrel))[['elapsed']])"
  as.numeric(system2(file.path(R.home("bin"), "Rscript"), c("-e", shQuote(code)), stdout = TRUE))
})
cat(sprintf("library(kestrel): %.2f seconds (median)\n", median(load_time)))
cat("processor:", sub(".*: ", "", grep("model name", readLines("/proc/cpuinfo"), value = TRUE)[1]), "\n")
