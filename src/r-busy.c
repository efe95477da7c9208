#include "r-busy.h"

#include <limits.h>

#ifdef __linux__
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Tasks of all processes that run or wait for a processor; 0: not known. */
static int tasks_running(void) {
  int n = 0;
  FILE* file = fopen("/proc/loadavg", "r");
  if (!file) return 0;
  if (fscanf(file, "%*f %*f %*f %d", &n) != 1) n = 0;
  fclose(file);
  return n;
}

/* The state stands behind the name, which may hold anything. */
static bool task_runs(const char* task) {
  char path[64], text[256];
  snprintf(path, sizeof(path), "/proc/self/task/%.20s/stat", task);
  FILE* file = fopen(path, "r");
  if (!file) return false;
  text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
  fclose(file);
  const char* end = strrchr(text, ')');
  return end && strlen(end) > 2 && end[2] == 'R';
}

/* Threads of OpenMP go on turning for some milliseconds after a loop: they are our own. */
static int own_running(void) {
  DIR* tasks = opendir("/proc/self/task");
  int n = 0;
  for (struct dirent* task; tasks && (task = readdir(tasks));) {
    if (task->d_name[0] != '.') n += task_runs(task->d_name);
  }
  if (tasks) closedir(tasks);
  return n;
}

static int free_now(void) {
  int running = tasks_running();
  if (running == 0) return INT_MAX;
  int others = running - own_running();
  if (others <= 0) return INT_MAX;
  int n = (int) sysconf(_SC_NPROCESSORS_ONLN) - others;
  return n > 0 ? n : 0;
}

static double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

int processors_free(void) {
  static double looked = -1;
  static int n;
  double now = seconds_now();
  if (looked < 0 || now - looked > 0.1) {
    n = free_now();
    looked = now;
  }
  return n;
}
#else
int processors_free(void) { return INT_MAX; }
#endif
