# Pictures of a diagnosis: each is a function that gives its data frames, and one that draws them.

#' Plot a diagnosis
#'
#' One picture of what a diagnosis looked at, for print without colour. All but the curve of the
#' history show the model as it is now; neither it nor R's random numbers change.
#'
#' * `"ladder"`: the training loss by epochs on a logarithmic axis, with the rungs of
#'   [loss_ladder()] as lines: proven floors solid, simple predictors dashed. Rungs that are equal
#'   to five digits share a line; floors far below are drawn at the bottom, dotted.
#' * `"fit"`: the outputs over the data; with one input as a curve, else predictions against
#'   targets, with the diagonal.
#' * `"units"`: what each unit of dense layers and activations puts out over the rows, from the 5 %
#'   to the 95 % quantile, with the median. Crosses are dead: a relu that is 0 on all rows. Squares
#'   are saturated: more than half of the rows lie where the slope of sigmoid, tanh, softsign or
#'   the like is below a hundredth of that at 0.
#' * `"gradients"`: for each layer with trainable weights \eqn{w}, the norm of the gradient
#'   \eqn{||dL/dw||}, and \eqn{||w|| ||dL/dw|| / |L|}, which is free of units. Open points are 0
#'   or not finite.
#' * `"spectrum"`: the eigenvalues of the Hessian of the training loss by its trainable weights, by
#'   size; open points are negative. For more than 300 weights, 40 steps of Lanczos. A line shows
#'   the curvature above which steps of SGD at the rate \eqn{\eta} of the last fit are unstable
#'   (\eqn{2 / \eta} without momentum).
#' * `"surface"`: lines of equal training loss on a plane through the weights, in the `directions`
#'   asked. Each reaches as far as changes the loss by about what it is. Steps are lengths in the
#'   space of the weights. A model of one weight gets a curve.
#'
#' The training loss of the last three has the penalties of weights in it.
#'
#' @param x a diagnosis, as [diagnose()] returns it.
#' @param y not used.
#' @param which the picture: `"ladder"`, `"fit"`, `"units"`, `"gradients"`, `"spectrum"` or
#'   `"surface"`.
#' @param directions for `"surface"`: `"gradient"` (downhill), `"sharpest"` and `"lowest"` (the
#'   eigenvectors of the largest and the lowest eigenvalue of the Hessian). The first two that
#'   differ are drawn, so `"lowest"` stands in where the gradient is 0.
#' @param ... not used; anything here is an error.
#' @return a ggplot object, which must be printed inside functions and loops.
#' @section Errors: `kestrel_error_state` when ggplot2 is not installed, when the diagnosis was
#'   made without the data or the model that the picture needs, when the model has not what is
#'   drawn (trainable weights, dense layers), when derivatives are not finite, or not known for R
#'   functions in the model; `kestrel_error_argument` for an unknown picture and for directions
#'   that are no two.
#' @source The rungs: see [loss_floor()]. Stable steps: Polyak (1964)
#'   \doi{10.1016/0041-5553(64)90137-5}.
#' @family diagnosis
#' @examples
#' x <- c(-1, 0, 1)
#' y <- c(-0.2445248, 0.1232554, 0.1713998)
#' model <- keras_model_sequential() %>% layer_dense(10, input_shape = 1) %>% layer_dense(1)
#' model %>% compile(loss = "mse", optimizer = optimizer_adam(0.01))
#' model %>% fit(x, y, epochs = 300, verbose = 0)
#' if (requireNamespace("ggplot2", quietly = TRUE)) {
#'   d <- diagnose(model, x, y)
#'   plot(d)
#'   plot(d, which = "spectrum")
#' }
#' @export
plot.nn_diagnosis <- function(x, y, which = c("ladder", "fit", "units", "gradients", "spectrum",
                                "surface"), directions = c("gradient", "sharpest", "lowest"), ...) {
  call <- environment()
  check_dots(list(...), names(formals(plot.nn_diagnosis)))
  if (identical(which, pictures)) which <- which[1]
  which <- check_choice(which, pictures, "a picture")
  directions <- check_directions(directions)
  if (!requireNamespace("ggplot2", quietly = TRUE)) {
    stop_kestrel("state", "Pictures of a diagnosis need ggplot2, which is not installed.",
      hint = "install.packages(\"ggplot2\")", call = call)
  }
  case <- pictured_case(x, call)
  switch(which,
    ladder = draw_ladder(ladder_rows(case), loss_rows(case)),
    fit = draw_fit(case),
    units = draw_units(unit_rows(case, call)),
    gradients = draw_gradients(gradient_rows(case, call)),
    spectrum = draw_spectrum(spectrum_rows(case, call), stable_curvature(case)),
    surface = picture_surface(case, directions, call)
  )
}

pictures <- c("ladder", "fit", "units", "gradients", "spectrum", "surface")

# The same data, and evidence of the model as it is now.
pictured_case <- function(diagnosis, call) {
  case <- attr(diagnosis, "case")
  if (is.null(case$model) || is.null(case$x) || is.null(case$y)) {
    stop_kestrel("state", "This diagnosis was made without data that could be trained on.",
      hint = "diagnose(model, x, y) keeps what is drawn.", argument = "x", call = call)
  }
  anew <- bare_case(case$history, case$model)
  for (name in c("x", "y", "weight", "raw")) assign(name, case[[name]], envir = anew)
  anew
}

draw_fit <- function(case) {
  one <- !case$joint && !is.list(case$x) && case$widths[1] == 1 &&
    !any(case$nodes$type == "embedding")
  if (one) draw_curve(curve_rows(case), data_rows(case)) else draw_agreement(agreement_rows(case),
    case$joint)
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
  if (nlevels(curve$output) > 1) plot <- plot + in_panels("output")
  if (nlevels(data$output) == nlevels(curve$output)) {
    plot <- plot + ggplot2::geom_point(data = data, shape = 1, size = 2)
  }
  plot
}

# Predictions beside targets of the same shape: target, prediction, output.
agreement_rows <- function(case) {
  if (case$joint) return(joint_agreement(case))
  predicted <- as.matrix(predict(case$model, case$x, verbose = 0))
  target <- as.matrix(case$y)
  if (ncol(target) < ncol(predicted)) {
    target <- outer(target[, 1], seq_len(ncol(predicted)) - 1, `==`) + 0
  }
  rows <- output_rows(as.vector(target), predicted)
  stats::setNames(rows, c("target", "prediction", "output"))
}

joint_agreement <- function(case) {
  each <- lapply(names(case$views), function(name) {
    rows <- agreement_rows(case$views[[name]])
    levels(rows$output) <- if (nlevels(rows$output) == 1) name else sub("^output", name,
      levels(rows$output))
    rows
  })
  do.call(rbind, each)
}

# `apart`: whether outputs may have other units.
draw_agreement <- function(rows, apart = FALSE) {
  plot <- ggplot2::ggplot(rows, ggplot2::aes(x = .data$target, y = .data$prediction)) +
    ggplot2::geom_abline(linetype = "dashed", colour = "gray47") +
    ggplot2::geom_point(shape = 1) + ggplot2::labs(x = "y", y = "prediction") +
      ggplot2::theme_bw() +
    ggplot2::scale_x_continuous(guide = ggplot2::guide_axis(check.overlap = TRUE))
  if (nlevels(rows$output) > 1) plot +
    in_panels("output", scales = if (apart) "free" else "fixed") else plot
}

# So far apart that labels at their ends do not meet.
in_panels <- function(...) {
  list(ggplot2::facet_wrap(...), ggplot2::theme(panel.spacing.x = ggplot2::unit(20, "pt"),
    plot.margin = ggplot2::margin(5.5, 12, 5.5, 5.5)))
}
