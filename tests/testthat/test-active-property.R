test_that("marked methods are read like fields, in classes that inherit, too", {
  net <- new_model_class("Net",
    initialize = function(units) {
      super$initialize()
      self$dense <- layer_dense(units = units)
      self$count <- 0
    },
    call = function(inputs) self$dense(inputs),
    twice = mark_active(function() 2 * self$dense$units),
    four = active_property(function() 2 * self$twice)
  )
  model <- net(3)
  expect_identical(model$twice, 6)
  expect_identical(model$four, 12)
  expect_length(model$layers, 1)
  wide <- Model("Wide", inherit = net, twice = active_property(function() 10))
  expect_identical(wide(3)$four, 20)
  file <- withr::local_tempfile()
  saveRDS(model, file)
  expect_identical(readRDS(file)$four, 12)
})

test_that("names of variables can be active, and what is no function is refused", {
  n <- 1
  counter %<-active% function() {
    n <<- n + 1
    n
  }
  expect_identical(c(counter, counter), c(2, 3))
  counter %<-active% function() 0
  expect_identical(counter, 0)
  expect_error(active_property(3), class = "kestrel_error_argument")
  expect_error(active_property(), class = "kestrel_error_argument")
  expect_error(counter %<-active% 3, class = "kestrel_error_argument")
  expect_error(c(a, b) %<-active% function() 1, class = "kestrel_error_argument")
})
