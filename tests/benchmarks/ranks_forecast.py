"""A model of what a training step takes over many GPUs, and what it foretells; nothing is run but, with --measure, sums between two
processes of this machine.

    python3 ranks_forecast.py [--rate TFLOPS] [--tokens N] [--batch N] [--measure]

A step of LoRA on tokens T costs about 4·P·T operations (the forward's 2·P·T, and as many for the gradients of what flows; none for
frozen weights), and 4·L·D·T·S·½·3 for causal attention over samples of S tokens. Beside that, with n ranks:

  plain       the sum of the gradients of A and B, 4 bytes a value: a ring moves 2·(n − 1)/n of them through each rank's link
  shared out  each rank holds 1/n of the frozen weights; a micro-batch gathers every block twice, for forward and backward, while the
              block before it computes: the step takes the longer of the two

Where a gather hides behind computing does not depend on the model's size: both grow with P. A rank needs T > rate / bandwidth tokens in
a micro-batch (bfloat16: 2·2·P bytes to gather, 4·P·T operations).

Published one-way bandwidths a GPU: NVLink 4 450 GB/s within a node of eight; InfiniBand NDR, one 400 Gb/s card a GPU, 50 GB/s; Ethernet
100 Gb/s a node, 12.5 GB/s for its eight GPUs together. The rate is what one H200 reached here for 8 billion, all linears, 2 × 4,096:
14,090 tokens/s, 498 TFLOPS by this count. A forecast, not a measurement: at many ranks nothing of this was tried.
"""
import argparse
import math
import os
import time
from dataclasses import dataclass

NODE = 8
HEADERS = ["GPUs", "frozen weights", "links", "GB a GPU", "step s", "computing", "tokens/s"]


@dataclass
class Shape:
    name: str
    layers: int
    hidden: int
    feed_forward: int
    key_values: int  # columns
    vocabulary: int

    @property
    def block(self):
        return 2 * self.hidden * self.hidden + 2 * self.hidden * self.key_values + 3 * self.hidden * self.feed_forward

    @property
    def values(self):
        return self.layers * self.block + 2 * self.vocabulary * self.hidden

    def adapter(self, rank):
        """Values of A and B on all linears of the blocks."""
        square, narrow, wide = 2 * self.hidden, self.hidden + self.key_values, self.hidden + self.feed_forward
        return self.layers * rank * (2 * square + 2 * narrow + 3 * wide)

    def operations(self, tokens, length):
        return 4 * self.values * tokens + 6 * self.layers * self.hidden * tokens * length


SHAPES = [Shape("8B", 32, 4096, 14336, 1024, 128256), Shape("70B", 80, 8192, 28672, 1024, 128256)]


@dataclass
class Links:
    name: str
    within: float  # bytes a second and GPU
    between: float
    latency: float = 5e-6

    def narrowest(self, ranks):
        return self.within if ranks <= NODE else min(self.within, self.between)

    def sum_seconds(self, size, ranks):
        """A ring within each node, then one between the nodes of what each rank holds."""
        node, nodes = min(ranks, NODE), math.ceil(ranks / NODE)
        inside = 2 * (node - 1) / node * size / self.within + 2 * (node - 1) * self.latency
        outside = 2 * (nodes - 1) / nodes * (size / node) / self.between + 2 * (nodes - 1) * self.latency
        return inside + outside

    def gather_seconds(self, size, ranks):
        return (ranks - 1) / ranks * size / self.narrowest(ranks) + (ranks - 1) * self.latency


LINKS = [Links("NVLink, InfiniBand", 450e9, 50e9), Links("NVLink, Ethernet", 450e9, 12.5e9 / NODE)]


@dataclass
class Step:
    """Of one rank that works on so many tokens."""
    shape: Shape
    links: Links
    ranks: int
    tokens: int
    length: int
    rate: float
    shared_among: int = 1  # ranks that hold the frozen weights together
    rank: int = 16

    @property
    def computing(self):
        return self.shape.operations(self.tokens, self.length) / self.rate

    @property
    def seconds(self):
        summed = self.links.sum_seconds(4 * self.shape.adapter(self.rank), self.ranks) if self.ranks > 1 else 0
        if self.shared_among == 1:
            return self.computing + summed
        block = self.links.gather_seconds(2 * self.shape.block, self.shared_among)
        return max(self.computing, 2 * self.shape.layers * block) + block + summed

    @property
    def weights_gb(self):
        resident = 2 * self.shape.values / self.shared_among
        return (resident + (2 * 2 * self.shape.block if self.shared_among > 1 else 0)) / 1e9

    def row(self):
        kind = "plain" if self.shared_among == 1 else f"shared by {self.shared_among}"
        return [self.ranks, kind, self.links.name if self.ranks > 1 else "", f"{self.weights_gb:.0f}", f"{self.seconds:.2f}",
                f"{self.computing / self.seconds:.0%}", f"{self.ranks * self.tokens / self.seconds:,.0f}"]


def table(rows):
    print("| " + " | ".join(HEADERS) + " |\n|" + "---|" * len(HEADERS))
    for row in rows:
        print("| " + " | ".join(map(str, row)) + " |")


def steps_of(shape, tokens, options):
    for links in LINKS:
        for ranks in (1, NODE, 8 * NODE, 64 * NODE):
            if ranks == 1 and links is not LINKS[0]:
                continue
            for shared in sorted({1, min(ranks, NODE), ranks}):
                yield Step(shape, links, ranks, tokens(ranks), options.length, options.rate * 1e12, shared)


def stops_scaling(shape, links, options, shared):
    """With a batch of a fixed size and ever twice as many ranks: the last number of which each computes half its time and has a sample."""
    ranks = 1
    while True:
        more = 2 * ranks
        if more > options.batch:
            return ranks, "no more samples to share out"
        step = Step(shape, links, more, options.batch * options.length / more, options.length, options.rate * 1e12,
                    min(more, NODE) if shared else 1)
        if step.computing / step.seconds < 0.5:
            return ranks, "beyond, links take more time than computing"
        ranks = more


def measured_sum(size):
    """Seconds that Gloo takes to sum float32 values of so many bytes between two processes here."""
    import torch
    import torch.distributed
    import torch.multiprocessing
    torch.multiprocessing.spawn(_sum, args=(size, str(29_731)), nprocs=2)


def _sum(rank, size, port):
    import torch
    torch.set_num_threads(1)
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=port)
    torch.distributed.init_process_group("gloo", rank=rank, world_size=2)
    values, seconds = torch.ones(size // 4), []
    for _ in range(12):
        begin = time.perf_counter()
        torch.distributed.all_reduce(values)
        seconds.append(time.perf_counter() - begin)
    if rank == 0:
        took = sorted(seconds[2:])[5]
        print(f"Gloo, two processes here: {size / 1e6:.2f} MB in {1e3 * took:.2f} ms, {size / took / 1e9:.2f} GB/s through each rank")
    torch.distributed.destroy_process_group()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=498, help="TFLOPS that a GPU reaches")
    parser.add_argument("--tokens", type=int, default=8192, help="of a GPU's micro-batch, where the batch grows with the GPUs")
    parser.add_argument("--length", type=int, default=4096, help="tokens of a sample")
    parser.add_argument("--batch", type=int, default=1024, help="samples of a batch that does not grow")
    parser.add_argument("--measure", action="store_true", help="sums between two processes of this machine (needs PyTorch)")
    options = parser.parse_args()
    if options.measure:
        for size in (4_000, 1_000_000, 20_000_000, 160_000_000):
            measured_sum(size)
    for links in LINKS:
        print(f"{links.name}: a gather hides from {options.rate * 1e12 / links.within:,.0f} tokens a micro-batch within a node, "
              f"from {options.rate * 1e12 / links.between:,.0f} between nodes")
    for shape in SHAPES:
        print(f"\n{shape.name} ({shape.values / 1e9:.1f} billion values, adapter of rank 16: {shape.adapter(16) / 1e6:.0f} million), "
              f"{options.tokens:,} tokens a GPU and step\n")
        table(step.row() for step in steps_of(shape, lambda ranks: options.tokens, options))
        for links in LINKS:
            for shared in (False, True):
                most, why = stops_scaling(shape, links, options, shared)
                print(f"{shape.name}, a batch of {options.batch:,} samples, {'shared out within nodes' if shared else 'plain'}, {links.name}: "
                      f"up to {most} GPUs; {why}")


if __name__ == "__main__":
    main()
