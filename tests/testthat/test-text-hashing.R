test_that("the same word has the same number, from 1 to n - 1", {
  made <- text_one_hot("The cat, the dog; the CAT", 50)
  expect_length(made, 6)
  expect_identical(made[c(1, 3, 5)], rep(made[1], 3))
  expect_identical(made[2], made[6])
  many <- text_hashing_trick(paste("w", 1:2000, sep = "", collapse = " "), 11)
  expect_setequal(many, 1:10)
  expect_gt(stats::chisq.test(table(many))$p.value, 1e-4)
  expect_identical(text_hashing_trick(c("a b", "b"), 9), list(text_one_hot("a b", 9), text_one_hot("b", 9)))
  expect_identical(text_one_hot(text = "a b", n = 9), text_one_hot("a b", 9))
})

test_that("md5 is Keras' number", {
  # int(hashlib.md5(b"hello").hexdigest(), 16) = 0x5d41402abc4b2a76b9719d911017c592
  halves <- c(0x5d41402a, 0xbc4b2a76, 0xb9719d91, 0x1017c592)
  for (n in c(2L, 7L, 1000L, 65537L)) {
    rest <- Reduce(function(rest, half) (rest * (2^32 %% (n - 1)) + half) %% max(n - 1, 1), halves, 0)
    expect_equal(text_hashing_trick("hello", n, "md5"), rest + 1)
  }
})

test_that("functions are asked, and mistakes told", {
  expect_identical(text_hashing_trick("a bb ccc", 3, hash_function = nchar), c(2L, 1L, 2L))
  expect_error(text_hashing_trick("a", 5, hash_function = function(w) "x"), class = "kestrel_error_argument")
  expect_error(text_hashing_trick("a", 5, hash_function = "sha"), "md5", class = "kestrel_error_argument")
  expect_error(text_one_hot("a", 1), "`n`", class = "kestrel_error_argument")
})
