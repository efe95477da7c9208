types <- function(name) kestrel:::read_npz(test_path("fixtures", "datasets", "types.npz"), name)
