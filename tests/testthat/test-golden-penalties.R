# Regularizers with their gradients, and constraints, against Keras.

test_golden("regularizers_constraints", function(case) {
  object <- golden_object(case$kind, case)
  expect_golden(object(case$w), case$value, case, "value")
  if (case$kind == "regularizer") {
    expect_golden(kestrel:::engine_penalty_grad(object$choice, case$w), case$dw, case, "dw")
  }
})
