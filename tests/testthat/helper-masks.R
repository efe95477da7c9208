# Samples of four steps x three features, of which some steps are 0; and a model of one output for
# each step and two features, whose masks reach the loss.
masked_x <- function() {
  x <- array(sin(1:60), c(5, 4, 3))
  x[1, 3:4, ] <- x[2, 2, ] <- x[4, 1:3, ] <- 0
  x
}

masked_y <- function() array(cos(1:40), c(5, 4, 2))

mask_of <- function(x) apply(x != 0, c(1, 2), any) + 0

masked_model <- function(activation = "tanh") {
  keras_model_sequential(input_shape = c(4, 3), dtype = "float64") %>%
    layer_masking() %>%
    layer_dense(5, activation = activation) %>%
    layer_dropout(0.2) %>%
    layer_layer_normalization() %>%
    layer_time_distributed(layer_dense(units = 2))
}

# Means over the features, and over steps that count.
squares <- function(y, p) apply((y - p)^2, c(1, 2), mean)
masked_mean <- function(l, m, w = 1) sum(w * m * l) / (sum(m) + 1e-7)
