# Pictures of a diagnosis: each is a function that gives its data frames, and one that draws them.

#' Plot a diagnosis
#'
#' `"ladder"`: the training loss by epochs on a logarithmic axis, with the rungs of
#' [loss_ladder()] as lines: proven floors solid, simple predictors dashed. Rungs that differ by
#' less than 1 % share a line. `"fit"`: the outputs over the data; with one input as a curve, else
#' predictions against targets, with the diagonal.
#'
#' @param x a diagnosis, as [diagnose()] returns it.
#' @param y not used.
#' @param which the picture: `"ladder"` or `"fit"`.
#' @param ... not used; anything here is an error.
#' @return a ggplot object, which must be printed inside functions and loops.
#' @section Errors: `kestrel_error_state` when ggplot2 is not installed, or when the diagnosis was
#'   made without the data or the model that the picture needs; `kestrel_error_argument` for an
#'   unknown picture.
#' @source The rungs: see [loss_floor()].
#' @family diagnosis
#' @examples
#' x <- c(-1, 0, 1)
#' y <- c(-0.2445248, 0.1232554, 0.1713998)
#' model <- keras_model_sequential() %>% layer_dense(10, input_shape = 1) %>% layer_dense(1)
#' model %>% compile(loss = "mse", optimizer = optimizer_adam(0.01))
#' model %>% fit(x, y, epochs = 300, verbose = 0)
#' if (requireNamespace("ggplot2", quietly = TRUE)) plot(diagnose(model, x, y))
#' @export
plot.nn_diagnosis <- function(x, y, which = c("ladder", "fit"), ...) {
  call <- environment()
  check_dots(list(...), names(formals(plot.nn_diagnosis)))
  if (length(which) == 2) which <- which[1]
  which <- check_choice(which, c("ladder", "fit"), "a picture")
  if (!requireNamespace("ggplot2", quietly = TRUE)) {
    stop_kestrel("state", "Pictures of a diagnosis need ggplot2, which is not installed.",
      hint = "install.packages(\"ggplot2\")", call = call)
  }
  case <- pictured_case(x, call)
  if (which == "ladder") draw_ladder(ladder_rows(case), loss_rows(case)) else draw_fit(case)
}

pictured_case <- function(diagnosis, call) {
  case <- attr(diagnosis, "case")
  if (is.null(case$model) || is.null(case$x) || is.null(case$y)) {
    stop_kestrel("state", "This diagnosis was made without data that could be trained on.",
      hint = "diagnose(model, x, y) keeps what is drawn.", argument = "x", call = call)
  }
  case
}

# Rungs above 0, those within 1 % of each other as one: loss, label, proven.
ladder_rows <- function(case) {
  rungs <- as.data.frame(loss_ladder(case$model, case$x, case$y, sample_weight = case$weight))
  label <- c(data = "no network is lower", architecture = "floor of this model",
    cell = "floor with the same units off", current = "you", affine = "best straight line",
    constant = "best constant")
  if (ncol(as.matrix(case$x)) > 1)  label["affine"] <- "best linear predictor"
  rungs$label <- label[rungs$rung]
  rungs <- rungs[order(rungs$loss), ]
  rungs <- rungs[rungs$loss > 0, ]
  group <- cumsum(c(TRUE, diff(log(rungs$loss)) > 0.01)[seq_len(nrow(rungs))])
  parts <- lapply(split(rungs, group), function(rung) {
    data.frame(loss = rung$loss[1], proven = any(rung$proven),
      label = sprintf("%s: %.4g", paste(rung$label, collapse = " = "), rung$loss[1]))
  })
  do.call(rbind, c(parts, make.row.names = FALSE))
}

# The loss by epochs of the fit that the diagnosis knows.
loss_rows <- function(case) {
  loss <- as.double(case$history$metrics$loss)
  rows <- data.frame(epoch = seq_along(loss), loss = loss)
  rows[is.finite(loss) & loss > 0, ]
}

draw_ladder <- function(rungs, loss) {
  plot <- ggplot2::ggplot(loss, ggplot2::aes(x = .data$epoch, y = .data$loss)) +
    ggplot2::geom_line() + ggplot2::scale_y_log10() +
    ggplot2::labs(x = "epoch", y = "training loss") + ggplot2::theme_bw()
  if (is.null(rungs)) return(plot)
  plot +
    ggplot2::geom_hline(data = rungs, linetype = ifelse(rungs$proven, "solid", "dashed"),
      colour = "gray47", ggplot2::aes(yintercept = .data$loss)) +
    ggplot2::geom_text(data = rungs, x = Inf, hjust = 1.02, vjust = -0.4, size = 3.2,
      ggplot2::aes(label = .data$label))
}

draw_fit <- function(case) {
  one <- ncol(as.matrix(case$x)) == 1 && length(dim(case$x)) == 2
  if (one) draw_curve(curve_rows(case), data_rows(case)) else draw_agreement(agreement_rows(case))
}

# Outputs at 200 places over the range of the one input: x, value, output.
curve_rows <- function(case) {
  at <- seq(min(case$x), max(case$x), length.out = 200)
  output_rows(at, as.matrix(predict(case$model, at, verbose = 0)))
}

data_rows <- function(case) output_rows(as.vector(case$x), as.matrix(case$y))

output_rows <- function(x, values) {
  data.frame(x = x, value = as.vector(values),
    output = factor(paste("output", rep(seq_len(ncol(values)), each = nrow(values)))))
}

draw_curve <- function(curve, data) {
  plot <- ggplot2::ggplot(curve, ggplot2::aes(x = .data$x, y = .data$value)) +
    ggplot2::geom_line() + ggplot2::labs(x = "x", y = "output (line) and y (points)") +
    ggplot2::theme_bw()
  if (nlevels(curve$output) > 1) plot <- plot + ggplot2::facet_wrap("output")
  if (nlevels(data$output) == nlevels(curve$output)) {
    plot <- plot + ggplot2::geom_point(data = data, shape = 1, size = 2)
  }
  plot
}

# Predictions beside targets of the same shape: target, prediction, output.
agreement_rows <- function(case) {
  predicted <- as.matrix(predict(case$model, case$x, verbose = 0))
  target <- as.matrix(case$y)
  if (ncol(target) < ncol(predicted)) {
    target <- outer(target[, 1], seq_len(ncol(predicted)) - 1, `==`) + 0
  }
  rows <- output_rows(as.vector(target), predicted)
  stats::setNames(rows, c("target", "prediction", "output"))
}

draw_agreement <- function(rows) {
  plot <- ggplot2::ggplot(rows, ggplot2::aes(x = .data$target, y = .data$prediction)) +
    ggplot2::geom_abline(linetype = "dashed", colour = "gray47") +
    ggplot2::geom_point(shape = 1) + ggplot2::labs(x = "y", y = "prediction") + ggplot2::theme_bw()
  if (nlevels(rows$output) > 1) plot + ggplot2::facet_wrap("output") else plot
}
