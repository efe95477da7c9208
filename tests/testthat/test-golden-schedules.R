# Learning rates by step against Keras.

test_golden("schedules", function(case) {
  schedule <- golden_object("learning_rate_schedule", case)
  expect_golden(schedule(case$step), case$value, case, "value")
})
