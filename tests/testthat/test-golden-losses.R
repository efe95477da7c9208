# Values of losses, and their gradients by the predictions, against Keras. Without a
# reduction the gradient is the one of the sum.

loss_gradient <- function(loss, case) {
  k <- ncol(case$y_pred)
  kt <- if (is.matrix(case$y_true)) k else 1L
  t <- as.vector(t(case$y_true))
  y <- as.vector(t(case$y_pred))
  scales <- kestrel:::engine_loss_scales(loss$choice, t, y, case$sample_weight, loss$reduction,
    k, kt)
  t(matrix(kestrel:::engine_loss_grad(loss$choice, t, y, scales, k, kt), k))
}

test_golden("losses", function(case) {
  loss <- golden_object("loss", case, reduction = case$reduction)
  value <- loss(case$y_true, case$y_pred, sample_weight = case$sample_weight)
  expect_golden(value, case$value, case, "value")
  expect_golden(loss_gradient(loss, case), case$dpred, case, "dpred")
})
