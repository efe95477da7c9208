test_that("codes are those of Keras' own tests", {
  letters5 <- cbind(c("A", "B", "C", "D", "E"))
  names5 <- cbind(c("omar", "stringer", "marlo", "wire", "skywalker"))
  hash <- function(x, ...) drop(layer_hashing(...)(x))
  expect_equal(hash(letters5, num_bins = 3), c(1, 0, 1, 1, 2))
  expect_equal(hash(cbind(c("A", "B", "", "C", "D")), num_bins = 3, mask_value = ""), c(1, 1, 0, 2, 2))
  expect_equal(hash(letters5, num_bins = 3, salt = c(133, 137)), c(1, 2, 1, 0, 2))
  expect_equal(hash(letters5, num_bins = 3, salt = 133), c(0, 0, 2, 1, 0))
  expect_equal(hash(names5, num_bins = 2), c(0, 0, 1, 0, 0))
  expect_equal(hash(names5, num_bins = 3, mask_value = "omar"), c(0, 1, 2, 1, 1))
  expect_equal(hash(names5, num_bins = 2, salt = list(133, 137)), c(0, 1, 0, 1, 0))
  expect_equal(hash(names5, num_bins = 2, salt = c(211, 137)), c(1, 0, 1, 0, 1))
  expect_equal(hash(cbind(0:4), num_bins = 3), c(1, 0, 1, 0, 2))
  expect_equal(hash(cbind(0:4 + 0.7), num_bins = 3), c(1, 0, 1, 0, 2))
  expect_equal(hash(cbind(0:4), num_bins = 3, salt = c(133, 137)), c(1, 1, 2, 0, 1))
  expect_equal(hash(letters5, num_bins = 1), numeric(5))
  expect_equal(layer_hashing(num_bins = 3, output_mode = "count")(rbind(0:4)), rbind(c(2, 2, 1)))
  expect_equal(layer_hashing(num_bins = 3, output_mode = "one_hot")(cbind(0:1)), rbind(c(0, 1, 0), c(1, 0, 0)))
})

# Published values of FarmHash, for every branch by length, by their rests.
test_that("fingerprints are the published ones", {
  known <- c("9ae16a3b2f90404f", "b3454265b6df75e3", "1a5502de4a1f8101",
    "fee9d22990c82909", "5361eae17c1ff6bc", "46a7416ed4861e3b", "b944f8a16261e414",
    "e8f89ab6df9bdd25", "2a578b80bb82147c", "55182f8859eca4ce", "a2b8bf3032021993",
    "c3f02c4ffd5d71e6")
  texts <- c("", "a", "abcd", "abcdefgh", "0123456789@0123", "0123456789=012345",
    "C is as portable as Stonehedge!!", "Discard medicine more than two years old.",
    "The days of the digital watch are numbered.  -Tom Stoppard",
    "For every action there is an equal and opposite government program.",
    "Give me a rock, paper and scissors and I will move the world.  CCFestoon",
    paste("Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt",
      "ut labore et dolore magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco",
      "laboris nisi ut aliquip ex ea commodo consequat. Duis aute irure dolor in reprehenderit in",
      "voluptate velit esse cillum dolore eu fugiat nulla pariatur. Excepteur sint occaecat cupidatat",
      "non proident, sunt in culpa qui officia deserunt mollit anim id est laborum."))
  modulo <- function(hex, by) {
    Reduce(function(r, digit) (r * 16 + digit) %% by, strtoi(strsplit(hex, "")[[1]], 16), 0)
  }
  for (by in c(2^31, 2^31 - 1)) {
    expect_equal(kestrel:::engine_hash(texts, by), vapply(known, modulo, 0, by = by, USE.NAMES = FALSE))
  }
  utf8 <- "na\u00efve"
  expect_equal(kestrel:::engine_hash(iconv(utf8, "UTF-8", "latin1"), 1e9), kestrel:::engine_hash(utf8, 1e9))
})

test_that("in a model numbers are hashed", {
  model <- keras_model_sequential(input_shape = 2, dtype = "float64") %>%
    layer_hashing(num_bins = 5, output_mode = "multi_hot") %>% layer_dense(1)
  x <- rbind(c(12, 7), c(7, 1138), c(0, 12))
  hot <- layer_hashing(num_bins = 5, output_mode = "multi_hot")(x)
  w <- get_weights(model)
  expect_equal(predict(model, x), hot %*% w[[1]] + w[[2]][1])
  compile(model, optimizer = optimizer_sgd(0.1), loss = "mse")
  plain <- keras_model_sequential(input_shape = 5, dtype = "float64") %>% layer_dense(1)
  set_weights(plain, w)
  compile(plain, optimizer = optimizer_sgd(0.1), loss = "mse")
  h <- fit(model, x, 1:3, epochs = 3, verbose = 0, batch_size = 3)
  expect_equal(h$metrics$loss, fit(plain, hot, 1:3, epochs = 3, verbose = 0, batch_size = 3)$metrics$loss)
  codes <- keras_model_sequential(input_shape = 3) %>% layer_hashing(num_bins = 4) %>% layer_embedding(4, 2)
  expect_identical(codes$output_shape, list(NULL, 3L, 2L))
  layer <- layer_hashing(num_bins = 5, salt = 3, mask_value = 7)
  again <- from_config(get_config(layer))
  expect_identical(get_config(again), get_config(layer))
  expect_identical(again(x), layer(x))
})

test_that("what cannot be hashed is refused", {
  for (bad in list(0, 1.5, "a", NULL)) expect_refused(layer_hashing(num_bins = bad), "argument", "num_bins")
  for (bad in list(-1, "a", 1:3, NA)) expect_refused(layer_hashing(num_bins = 2, salt = bad), "argument", "salt")
  expect_refused(layer_hashing(num_bins = 2, output_mode = "tf_idf"), "argument", "output_mode")
  expect_refused(layer_hashing(num_bins = 2, mask_value = TRUE), "argument", "mask_value")
  layer <- layer_hashing(num_bins = 2)
  for (bad in list(NA_character_, NULL, c(1, NA), Inf, TRUE, list())) expect_refused(layer(bad), "data", "x")
  expect_refused(layer_hashing(num_bins = 2, mask_value = "a")(1), "data", "x")
})
