test_that("lists of whole numbers are read as pickle writes them, in each of its protocols", {
  for (name in c("lists2", "lists3", "lists4")) {
    lists <- types(name)
    expect_identical(lists[1:4],
      list(c(1L, 255L, 256L, 65535L, 65536L, .Machine$integer.max), integer(), 7L, -3L))
    # 1500 numbers are written in two parts.
    expect_identical(lists[[5]], rep(c(3L, 300L, 70000L), 500))
  }
})

test_that("other objects of Python are refused in words", {
  refused <- function(name, text) expect_error(types(name), text, class = "kestrel_error_file")
  refused("obj", "objects of Python")
  refused("dicts", "other than lists of whole numbers")
  refused("fewer", "has 1 lists, not 2")
})
