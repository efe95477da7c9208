# Models of classes that meet data, against the same graphs.

test_that("several inputs and outputs, by name and by position, are those of the same graph", {
  ticket <- function(named) {
    new_model_class("CustomerTicketModel",
      initialize = function(departments) {
        super$initialize()
        self$concat <- layer_concatenate()
        self$mixing <- layer_dense(units = 3, activation = "tanh")
        self$priority <- layer_dense(units = 1, activation = "sigmoid")
        self$department <- layer_dense(units = departments, activation = "softmax")
      },
      call = function(inputs) {
        features <- list(inputs$title, inputs$tags) %>% self$concat() %>% self$mixing()
        y <- list(self$priority(features), self$department(features))
        if (named) stats::setNames(y, c("priority", "department")) else y
      }
    )(departments = 4)
  }
  title <- layer_input(3, name = "title")
  tags <- layer_input(2, name = "tags")
  mixed <- layer_concatenate(list(title, tags)) %>% layer_dense(3, activation = "tanh")
  plain <- keras_model(list(title = title, tags = tags), list(
    priority = layer_dense(mixed, 1, activation = "sigmoid"), department = layer_dense(mixed, 4, activation = "softmax")))
  set.seed(2)
  x <- list(title = matrix(rnorm(30), 10), tags = matrix(rnorm(20), 10))
  y <- list(priority = runif(10), department = to_categorical(sample(0:3, 10, TRUE), 4))
  results <- lapply(list(plain, ticket(TRUE), ticket(FALSE)), function(model) {
    model %>% compile(optimizer = "sgd", loss = c("mse", "categorical_crossentropy"),
      metrics = list(list("mae"), list("accuracy")))
    if (!model$built) predict(model, x)
    set_weights(model, lapply(get_weights(plain), function(w) array(seq_along(w) / 10 - 0.5, dim(w))))
    history <- fit(model, x, unname(y), epochs = 2, verbose = 0, shuffle = FALSE)
    list(unname(predict(model, x)), unname(history$metrics), get_weights(model))
  })
  expect_equal(results[[2]], results[[1]], tolerance = 1e-10)
  expect_equal(results[[3]], results[[1]], tolerance = 1e-10)
  named <- ticket(TRUE)
  named %>% compile(optimizer = "sgd", loss = list(priority = "mse", department = "categorical_crossentropy"))
  history <- fit(named, x[2:1], y, epochs = 1, verbose = 0)
  expect_named(history$metrics, c("loss", "priority_loss", "department_loss"))
  expect_named(predict(named, x), c("priority", "department"))
  unnamed <- ticket(FALSE)
  unnamed(x)
  expect_identical(unnamed$output_names, c("output_1", "output_2"))
  copy <- clone_model(named)
  set_weights(copy, get_weights(named))
  file <- withr::local_tempfile()
  saveRDS(named, file)
  again <- from_config(get_config(named))
  set_weights(again, get_weights(named))
  for (other in list(copy, readRDS(file), again)) {
    expect_identical(predict(other, x), predict(named, x))
    expect_identical(vapply(other$layers, function(l) l$name, ""), c("concatenate", "dense", "dense_1", "dense_2"))
  }
  wrong <- ticket(TRUE)
  wrong %>% compile(optimizer = "sgd", loss = c("mse", "mse", "mse"))
  expect_error(fit(wrong, x, y, epochs = 1, verbose = 0), "list of 2", class = "kestrel_error_shape")
  expect_false(wrong$built)
  expect_error(fit(wrong, list(x$title, x$tags[1:3, ]), y), "as many samples", class = "kestrel_error_shape")
})

net_of <- function(layer) {
  input <- layer_input(5)
  keras_model(input, layer(input))
}

test_that("data that turn out to be wrong leave all of the model open", {
  net <- Model("Net", initialize = function() {
    self$hidden <- layer_dense(units = 2)
    self$last <- keras_model_sequential() %>% layer_dense(1)
  }, call = function(inputs) self$last(self$hidden(inputs)))
  model <- net()
  model %>% compile(loss = "mse", optimizer = "sgd")
  expect_error(fit(model, counted(4, 3), c(1, 2, NA, 4), verbose = 0), class = "kestrel_error_data")
  expect_false(model$built)
  expect_false(model$hidden$built)
  fit(model, counted(4, 5), 1:4, epochs = 1, verbose = 0)
  expect_identical(lapply(get_weights(model), dim), list(c(5L, 2L), 2L, c(2L, 1L), 1L))
  expect_identical(predict(model$last, predict(net_of(model$hidden), counted(4, 5))), predict(model, counted(4, 5)))
})
