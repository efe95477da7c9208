# Metrics after each of several batches, and their names in logs, against Keras.

test_golden("metrics", function(case) {
  metric <- golden_object("metric", case)
  expect(identical(metric$label, case$default_name),
    sprintf("%s: logs name it %s, Keras %s.", case$id, metric$label, case$default_name))
  results <- vapply(case$batches, function(batch) {
    metric$update_state(batch$y_true, batch$y_pred, sample_weight = batch$sample_weight)
    metric$result()
  }, 0)
  expect_golden(results, case$results, case, "results")
})
