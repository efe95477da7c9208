# The founding job and its cure, as text and as a picture, and the article that explains them.
# Usage: Rscript tools/demo.R OUTPUT_FOLDER
library(kestrel)

output <- commandArgs(TRUE)[1]
dir.create(output, showWarnings = FALSE)

xs1 <- c(-1, 0, 1)
ys1 <- c(-0.2445248, 0.1232554, 0.1713998)
floor_loss <- (ys1[1] - 2 * ys1[2] + ys1[3])^2 / 18

train <- function(activation, lr, epochs = 10000) {
  set.seed(4)
  model <- keras_model_sequential()
  model %>%
    layer_dense(10, activation = activation, input_shape = c(1)) %>%
    layer_dense(activation = "linear", units = 1)
  model %>% compile(loss = "mean_squared_error", optimizer = optimizer_adam(lr = lr))
  time <- system.time(
    history <- model %>% fit(xs1, ys1, batch_size = 32, epochs = epochs, verbose = 0)
  )
  list(model = model, loss = history$metrics$loss, seconds = time[["elapsed"]])
}

cat("The question: a network of ten hidden units on three points, Adam with lr = 0.00001.\n\n")
model <- train(NULL, 1e-5, epochs = 0)$model
summary(model)
model %>% fit(xs1, ys1, batch_size = 32, epochs = 3, verbose = 2)
cat("...\n\n")

cat("10,000 epochs each, and 3,000 of the cure, whose learning rate falls to 0:\n\n")
falling <- learning_rate_schedule_cosine_decay(0.01, decay_steps = 3000)
runs <- list(
  "linear, lr = 0.00001" = train(NULL, 1e-5),
  "linear, lr = 0.001" = train(NULL, 1e-3),
  "linear, lr = 0.1" = train(NULL, 0.1),
  "tanh, lr from 0.01 to 0" = train("tanh", falling, epochs = 3000)
)
for (name in names(runs)) {
  cat(sprintf("  %-24s last loss %-12.6g lowest %-12.6g %.3f s\n", name,
    tail(runs[[name]]$loss, 1), min(runs[[name]]$loss), runs[[name]]$seconds))
}
cat(sprintf("\n  floor of any straight line: %.15g (closed form), %.15g (lm)\n\n",
  floor_loss, mean(residuals(lm(ys1 ~ xs1))^2)))
cat("The stack without an activation is one straight line, and 0.0057 is what the best line\n")
cat("leaves. With an activation between the layers the loss goes to 0.\n\n")

picture <- file.path(output, "loss-plateau.png")
png(picture, width = 1000, height = 420, res = 110)
par(mfrow = c(1, 2), mar = c(4, 4.5, 1, 1), las = 1, mgp = c(3.2, 0.7, 0))
ink <- c("#E69F00", "#D55E00", "#CC79A7", "#0072B2")
plot(1, type = "n", log = "xy", xlim = c(1, 1e4), ylim = c(1e-35, 1), xlab = "", ylab = "loss",
  bty = "l", xaxt = "n")
axis(1, 10^(0:4), c("1", "10", "100", "1,000", "10,000"), gap.axis = -1)
title(xlab = "epoch", line = 2.4)
for (i in seq_along(runs)) lines(runs[[i]]$loss, col = ink[i], lwd = 2)
abline(h = floor_loss, lty = 2)
text(1e4, floor_loss, "floor: 0.0057", adj = c(1, 1.5), cex = 0.75)
legend("bottomleft", names(runs), col = ink, lwd = 2, bty = "n", cex = 0.75)
grid <- seq(-1.3, 1.3, length.out = 300)
plot(xs1, ys1, xlim = range(grid), ylim = c(-0.45, 0.35), type = "n", xlab = "", ylab = "y",
  bty = "l")
title(xlab = "x", line = 2.4)
lines(grid, predict(runs[[2]]$model, grid), col = ink[2], lwd = 2)
lines(grid, predict(runs[[4]]$model, grid), col = ink[4], lwd = 2)
points(xs1, ys1, pch = 19, cex = 1.2)
legend("bottomright", names(runs)[c(2, 4)], col = ink[c(2, 4)], lwd = 2, bty = "n", cex = 0.75)
invisible(dev.off())

if (requireNamespace("rmarkdown", quietly = TRUE) && rmarkdown::pandoc_available()) {
  page <- rmarkdown::render("vignettes/loss-plateau.Rmd", output_dir = output, quiet = TRUE)
  cat("The article:", page, "\n")
}
cat("The picture:", normalizePath(picture), "\n")
