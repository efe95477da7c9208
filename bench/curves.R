# Time against width, batch, rows and epochs: lists of workloads, one for each point, and what
# is on the axis.

curve_points <- function() {
  one <- function(name, at, make) lapply(at, function(v) c(make(v), curve = name, at = v))
  c(
    one("width", 2^(4:10), function(n) {
      workload("", "2,048 rows, n-n-n-1", 2048, c(n, n, n, 1), 128, "float32")
    }),
    one("batch", 4^(0:6), function(n) {
      workload("", "4,096 rows, 50-128-64-1", 4096, c(50, 128, 64, 1), n, "float32")
    }),
    one("rows", round(10^seq(2, 5, 0.5)), function(n) {
      workload("", "10-32-32-1, batch 32", n, c(10, 32, 32, 1), 32, "float32")
    }),
    one("epochs", c(1, 3, 10, 30, 100, 300), function(n) {
      workload("", "1,000 rows, 10-32-32-1, batch 32", 1000, c(10, 32, 32, 1), 32, "float32",
               unit = n)
    })
  )
}

run_curves <- function(torch) {
  points <- lapply(curve_points(), function(w) {
    jobs <- list(kestrel = kestrel_job(w))
    if (!is.null(torch)) jobs$PyTorch <- python_job(torch, w)
    times <- run_rounds(jobs, w$unit, rounds = 3, target = 0.03, cap = 2)
    cbind(curve = w$curve, what = w$what, at = w$at, summarise_rounds(times, "kestrel"))
  })
  do.call(rbind, points)
}

plot_curve <- function(curves, name, folder) {
  own <- curves[curves$curve == name, ]
  png(file.path(folder, paste0(name, ".png")), 640, 480, res = 96)
  old <- options(scipen = 9)
  on.exit({
    dev.off()
    options(old)
  })
  peers <- unique(own$peer)
  colours <- setNames(seq_along(peers) + 1, peers)
  plot(own$at, 1e3 * own$seconds, log = "xy", type = "n", xlab = name, ylab = "ms",
       main = own$what[1])
  grid(equilogs = FALSE)
  for (peer in peers) {
    mine <- own[own$peer == peer, ]
    lines(mine$at, 1e3 * mine$seconds, type = "b", pch = 19, col = colours[[peer]])
  }
  legend(if (name == "batch") "topright" else "topleft", peers, col = colours, lty = 1, pch = 19, bty = "n")
}
