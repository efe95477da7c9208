# Metrics after each of several batches, and their names in logs, against Keras.

test_golden("metrics", function(case) {
  metric <- golden_object("metric", case)
  # Keras numbers the metrics of a session; here names count per model.
  name <- sub("_[0-9]+$", "", case$default_name)
  expect(identical(metric$label, name),
    sprintf("%s: logs name it %s, Keras %s.", case$id, metric$label, name))
  for (i in seq_along(case$batches)) {
    batch <- case$batches[[i]]
    metric$update_state(batch$y_true, batch$y_pred, sample_weight = batch$sample_weight)
    expect_golden(metric$result(), case$results[[i]], case, sprintf("results[[%d]]", i))
  }
})
