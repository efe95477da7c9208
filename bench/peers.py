"""PyTorch and scikit-learn as a worker: reads commands from stdin, answers on stdout.

    peers.py torch|sklearn [threads]

`prepare key=value ..` makes data and model of one workload (see workloads.R), `run n` trains n
epochs (or predicts n times) and answers with the CPU seconds of this process and the wall
seconds, `memory` with the growth of the peak of resident memory, in MB, that one epoch takes.
"""

import sys
import time
import warnings

import numpy as np


def settings(words):
    pairs = dict(word.split("=") for word in words)
    pairs["widths"] = [int(width) for width in pairs["widths"].split(",")]
    for key in ("rows", "batch"):
        pairs[key] = int(pairs[key])
    return pairs


def numbers(w):
    """x, and y as the loss wants it, both in the precision of the workload."""
    draw = np.random.default_rng(1)
    x = draw.standard_normal((w["rows"], w["widths"][0]), dtype=np.dtype(w["precision"]))
    if w["classes"] == "yes":
        y = draw.integers(0, w["widths"][-1], w["rows"])
    else:
        y = draw.standard_normal((w["rows"], w["widths"][-1]), dtype=np.dtype(w["precision"]))
    return x, y


class Torch:
    def __init__(self, threads):
        import torch

        self.torch = torch
        torch.set_num_threads(threads)

    def network(self, w):
        nn = self.torch.nn
        steps = []
        for k in range(len(w["widths"]) - 1):
            if k > 0 and w["activation"] != "linear":
                steps.append({"tanh": nn.Tanh, "relu": nn.ReLU}[w["activation"]]())
            steps.append(nn.Linear(w["widths"][k], w["widths"][k + 1]))
        return nn.Sequential(*steps).to(getattr(self.torch, w["precision"]))

    def prepare(self, w):
        self.w = w
        self.x, self.y = (self.torch.from_numpy(v) for v in numbers(w))
        self.net = self.network(w)
        self.loss = self.torch.nn.functional.mse_loss
        if w["classes"] == "yes":
            self.loss = self.torch.nn.functional.cross_entropy
        self.optimizer = self.torch.optim.Adam(self.net.parameters(), lr=1e-3)

    def step(self, x, y):
        self.optimizer.zero_grad(set_to_none=True)
        self.loss(self.net(x), y).backward()
        self.optimizer.step()

    def epoch(self):
        """Shuffled by one permutation; large data batch by batch, so that it stays in cache."""
        rows, batch = self.w["rows"], self.w["batch"]
        if rows <= batch:
            return self.step(self.x, self.y)
        order = self.torch.randperm(rows)
        if self.x.numel() < 1000000:
            for x, y in zip(self.x[order].split(batch), self.y[order].split(batch)):
                self.step(x, y)
        else:
            for some in order.split(batch):
                self.step(self.x[some], self.y[some])

    def predict(self):
        with self.torch.no_grad():
            return self.torch.cat([self.net(x) for x in self.x.split(self.w["batch"])])

    def run(self, times):
        once = self.predict if self.w["task"] == "predict" else self.epoch
        for _ in range(times):
            once()


class Sklearn:
    def __init__(self, threads):
        import sklearn.neural_network

        self.models = sklearn.neural_network
        warnings.simplefilter("ignore")

    def model(self, epochs):
        w = self.w
        kind = self.models.MLPClassifier if w["classes"] == "yes" else self.models.MLPRegressor
        activation = {"linear": "identity"}.get(w["activation"], w["activation"])
        return kind(
            w["widths"][1:-1], activation=activation, solver="adam", alpha=0,
            batch_size=min(w["batch"], w["rows"]), max_iter=epochs, tol=0, n_iter_no_change=10**9,
        )

    def prepare(self, w):
        self.w = w
        self.x, self.y = numbers(w)
        if w["classes"] != "yes":
            self.y = self.y.ravel()
        if w["task"] == "predict":
            self.fitted = self.model(1).fit(self.x[:1000], self.y[:1000])

    def run(self, times):
        if self.w["task"] == "predict":
            for _ in range(times):
                self.fitted.predict(self.x)
        else:
            self.model(times).fit(self.x, self.y)


def timed(peer, times):
    cpu, wall = time.process_time(), time.perf_counter()
    peer.run(times)
    return f"{time.process_time() - cpu:.9f} {time.perf_counter() - wall:.9f}"


def resident(field):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith(field))


def memory(peer):
    before = resident("VmRSS")
    peer.run(1)
    return f"{resident('VmHWM') - before:.1f} 0"


def main():
    kind, threads = sys.argv[1], int((sys.argv[2:] or ["1"])[0])
    peer = {"torch": Torch, "sklearn": Sklearn}[kind](threads)
    print("0 0", flush=True)
    for line in sys.stdin:
        command, *words = line.split()
        if command == "prepare":
            peer.prepare(settings(words))
            answer = "0 0"
        else:
            answer = timed(peer, int(words[0])) if command == "run" else memory(peer)
        print(answer, flush=True)


main()
