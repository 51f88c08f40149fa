"""The window: its start, its stalls while it trains, its plots; and the spectra that it shows live."""
import os
import time

from measured import in_turns, report, run


def program(options, *words):
    return run([options.build / "tests/benchmarks/benchmark-window", *words])["events"][0]


def prepare():
    if "DISPLAY" not in os.environ:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # As the program's launcher has it.
    os.environ.setdefault("GOMP_SPINCOUNT", "4000")


def start(options):
    """From the process's beginning to the first frame, and to the first moment without anything left to do."""
    prepare()
    results = in_turns(options.rounds, {"ours": lambda: program(options, "start", time.time_ns())})
    report("window start", results, [])


def stalls(options):
    """Training on all cores while a timer is due every millisecond."""
    prepare()
    data = options.train_data or options.root / "resources/sample/commands.jsonl"
    results = in_turns(options.rounds, {"ours": lambda: program(options, "stalls", options.model, data, 12)})
    report("event loop while it trains", results, [])


def plots(options):
    prepare()
    for points in (10_000, 1_000_000):
        report(f"loss plot of {points} steps",
               in_turns(options.rounds, {"ours": lambda count=points: program(options, "plots", count)}), [])


def runs(options):
    """The page of past runs with five hundred of them."""
    if not options.run:
        print("\nruns: left out; it needs --run, a run's folder, which is copied")
        return
    prepare()
    report("500 past runs",
           in_turns(options.rounds, {"ours": lambda: program(options, "runs", 500, options.run)}), [])


def laboratory(options):
    """From the question to the drawn view, on adapters of any size."""
    if not options.adapters:
        print("\nlaboratory: left out; it needs --adapters, two of the same linears")
        return
    prepare()
    measure = [options.build / "tests/benchmarks/benchmark-laboratory", *options.adapters, options.threads]
    report("the laboratory's views", in_turns(options.rounds, {"ours": lambda: run(measure)["events"][0]}), [])


def spectra(options):
    for rank, targets in ((8, "attention-qv"), (8, "all-linear"), (64, "all-linear")):
        measure = [options.build / "tests/benchmarks/benchmark-spectra", options.model, rank, targets, options.threads]
        report(f"spectra and comparison of {targets}, rank {rank}",
               in_turns(options.rounds, {"ours": lambda words=measure: run(words)["events"][0]}), [])
