# Wide and deep networks, and models with several inputs and outputs as the books have them.

test_that("book: wide inputs go past the hidden layers", {
  local_script()
  x <- scale(as.matrix(swiss[c("Agriculture", "Examination", "Education", "Catholic")]))
  y <- swiss$Fertility / 100
  x_train_a <- x[1:36, 1:3]
  x_train_b <- x[1:36, 2:4]
  x_valid_a <- x[37:47, 1:3]
  x_valid_b <- x[37:47, 2:4]
  y_train <- y[1:36]
  y_valid <- y[37:47]

  input_a <- layer_input(shape = 3, name = "wide_input")
  input_b <- layer_input(shape = 3, name = "deep_input")
  hidden1 <- input_b %>% layer_dense(30, activation = "relu")
  hidden2 <- hidden1 %>% layer_dense(30, activation = "relu")
  concat <- layer_concatenate(list(input_a, hidden2))
  output <- concat %>% layer_dense(1, name = "output")
  aux_output <- hidden2 %>% layer_dense(1, name = "aux_output")
  model <- keras_model(inputs = list(input_a, input_b), outputs = list(output, aux_output))

  model %>% compile(loss = list("mse", "mse"), loss_weights = c(0.9, 0.1),
    optimizer = optimizer_sgd(learning_rate = 0.01))
  history <- model %>% fit(list(x_train_a, x_train_b), list(y_train, y_train), epochs = 40,
    validation_data = list(list(x_valid_a, x_valid_b), list(y_valid, y_valid)))
  m <- history$metrics
  expect_named(m, c("loss", "output_loss", "aux_output_loss", "val_loss", "val_output_loss",
    "val_aux_output_loss"))
  expect_near(m$val_loss, 0.9 * m$val_output_loss + 0.1 * m$val_aux_output_loss, 1e-12)
  expect_true(falls(m$loss))

  scores <- model %>% evaluate(list(x_valid_a, x_valid_b), list(y_valid, y_valid))
  c(y_pred_main, y_pred_aux) %<-% predict(model, list(x_valid_a, x_valid_b))
  expect_near(scores[["output_loss"]], mean((y_pred_main - y_valid)^2), 1e-12)
  expect_near(scores[["aux_output_loss"]], mean((y_pred_aux - y_valid)^2), 1e-12)
})

test_that("book: support tickets are ranked and sent to departments", {
  local_script()
  vocabulary_size <- 200
  num_tags <- 10
  num_departments <- 4

  title <- layer_input(shape = c(vocabulary_size), name = "title")
  text_body <- layer_input(shape = c(vocabulary_size), name = "text_body")
  tags <- layer_input(shape = c(num_tags), name = "tags")

  features <-
    layer_concatenate(list(title, text_body, tags)) %>%
    layer_dense(64, activation = "relu")

  priority <- features %>%
    layer_dense(1, activation = "sigmoid", name = "priority")
  department <- features %>%
    layer_dense(num_departments, activation = "softmax", name = "department")

  model <- keras_model(
    inputs = list(title, text_body, tags),
    outputs = list(priority, department)
  )

  num_samples <- 128
  random_uniform_array <- function(dim) array(runif(prod(dim)), dim)
  random_vectorized_array <- function(dim) array(sample(0:1, prod(dim), replace = TRUE), dim)

  title_data <- random_vectorized_array(c(num_samples, vocabulary_size))
  text_body_data <- random_vectorized_array(c(num_samples, vocabulary_size))
  tags_data <- random_vectorized_array(c(num_samples, num_tags))
  priority_data <- random_uniform_array(c(num_samples, 1))
  department_data <- to_categorical(sample(0:3, num_samples, replace = TRUE), num_departments)

  model %>% compile(
    optimizer = "rmsprop",
    loss = c("mean_squared_error", "categorical_crossentropy"),
    metrics = c("mean_absolute_error", "accuracy")
  )
  model %>% fit(
    x = list(title_data, text_body_data, tags_data),
    y = list(priority_data, department_data),
    epochs = 1
  )
  scores <- model %>% evaluate(x = list(title_data, text_body_data, tags_data),
    y = list(priority_data, department_data))
  c(priority_preds, department_preds) %<-% {
    model %>% predict(list(title_data, text_body_data, tags_data))
  }
  expect_near(scores[["priority_mean_absolute_error"]], mean(abs(priority_preds - priority_data)), 1e-12)
  expect_near(scores[["department_accuracy"]],
    mean(max.col(department_preds) == max.col(department_data)), 1e-12)

  model %>% compile(
    optimizer = "rmsprop",
    loss = c(priority = "mean_squared_error", department = "categorical_crossentropy"),
    metrics = c(priority = "mean_absolute_error", department = "accuracy")
  )
  history <- model %>% fit(
    x = list(title = title_data, text_body = text_body_data, tags = tags_data),
    y = list(priority = priority_data, department = department_data),
    epochs = 1
  )
  expect_named(history$metrics, c("loss", "priority_loss", "department_loss",
    "priority_mean_absolute_error", "department_accuracy"))

  # The fifth layer's output is where a third question is asked.
  expect_length(model$layers, 7)
  features <- model$layers[[5]]$output
  difficulty <- features %>%
    layer_dense(3, activation = "softmax", name = "difficulty")
  new_model <- keras_model(
    inputs = list(title, text_body, tags),
    outputs = list(priority, department, difficulty)
  )
  preds <- new_model %>% predict(list(title_data, text_body_data, tags_data))
  expect_identical(lapply(preds, dim), list(c(128L, 1L), c(128L, 4L), c(128L, 3L)))
  expect_near(preds[[1]], predict(model, list(title_data, text_body_data, tags_data))[[1]], 1e-12)
})

test_that("book: age, income and gender of a writer, with weights of the losses", {
  local_script()
  vocabulary_size <- 500
  num_income_groups <- 5
  posts <- matrix(sample(0:(vocabulary_size - 1), 64 * 30, replace = TRUE), 64)
  age_targets <- runif(64)
  income_targets <- to_categorical(sample(0:4, 64, replace = TRUE), num_income_groups)
  gender_targets <- rowMeans(posts) > 250

  posts_input <- layer_input(shape = list(30), dtype = "int32", name = "posts")
  embedded_posts <- posts_input %>%
    layer_embedding(input_dim = vocabulary_size, output_dim = 32)
  base_model <- embedded_posts %>%
    layer_global_max_pooling_1d() %>%
    layer_dense(units = 32, activation = "relu")
  age_prediction <- base_model %>%
    layer_dense(units = 1, name = "age")
  income_prediction <- base_model %>%
    layer_dense(num_income_groups, activation = "softmax", name = "income")
  gender_prediction <- base_model %>%
    layer_dense(units = 1, activation = "sigmoid", name = "gender")
  model <- keras_model(
    posts_input,
    list(age_prediction, income_prediction, gender_prediction)
  )
  model %>% compile(
    optimizer = "rmsprop",
    loss = list(
      age = "mse",
      income = "categorical_crossentropy",
      gender = "binary_crossentropy"
    ),
    loss_weights = list(
      age = 0.25,
      income = 1,
      gender = 10
    )
  )
  history <- model %>% fit(
    posts, list(
      age = age_targets,
      income = income_targets,
      gender = gender_targets
    ), epochs = 10, batch_size = 64
  )
  m <- history$metrics
  expect_near(m$loss, 0.25 * m$age_loss + m$income_loss + 10 * m$gender_loss, 1e-12)
  expect_true(falls(m$gender_loss))
})
