# Truth and predictions of eight samples of one output, and of five of three classes.

truth <- c(0, 0, 1, 1, 1, 0, 1, 0)
share <- c(.1, .4, .35, .8, .5, .5, .9, .95)
truth_weight <- c(1, 1, 2, 1, 1, .5, 1, 1)

codes <- c(0, 1, 2, 2, 1)
shares <- rbind(c(.5, .3, .2), c(.2, .5, .3), c(.1, .6, .3), c(.2, .2, .6), c(.4, .3, .3))
one_hot <- diag(3)[codes + 1, ]
