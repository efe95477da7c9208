# Processes that callr starts and those that parallel forks are waited for by two handlers of
# one signal: the later one, callr's, passes it on.
Sys.setenv(PROCESSX_NOTIFY_OLD_SIGCHLD = "true")
