"""Trains over several processes as people really start them, and compares with one process: run by hand, as root for two of them.

    python ranks.py --lora build/lora --model MODEL [torchrun] [machines] [slurm] [cut] [kills]

  torchrun  two processes under torchrun --no-python (--torchrun names it)
  machines  two network namespaces joined by a veth pair, as two machines; the leader's address is one of the pair's
  slurm     srun on a one-node Slurm that is started here, with a munge key of its own, and ended again
  cut       the link between the two machines goes down in mid-run: what each rank says and how soon, and that a resume goes on
  kills     ranks are killed at random moments (--count), each run is resumed, and the end compared with an uninterrupted run's

What is missing on this machine is skipped by name. MODEL is best a tiny one. Exit code 1 where something did not hold: losses within
1e-5 of one process's, the saved adapter within 1e-3 of its norm; after kills the same bytes as without.
"""
import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FIRST, SECOND = "10.77.0.1", "10.77.0.2"
PORT = 29417
failures = []


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lora", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--torchrun", default="torchrun")
    parser.add_argument("--count", type=int, default=20, help="how many kills")
    parser.add_argument("what", nargs="*", default=[], metavar="WHAT")
    options = parser.parse_args()
    options.lora, options.model = os.path.abspath(options.lora), os.path.abspath(options.model)
    return options


class Bench:
    """A folder with data, and the words of a training on them."""

    def __init__(self, options, folder):
        self.options, self.folder = options, Path(folder)
        self.data = self.folder / "data.jsonl"
        draw = random.Random(1)
        words = "one two three four five six seven eight nine ten".split()
        rows = ({"text": " ".join(draw.choices(words, k=draw.randint(3, 20)))} for _ in range(48))
        self.data.write_text("".join(json.dumps(row) + "\n" for row in rows))

    def words(self, name, *more):
        """`more` goes before what is usual."""
        usual = {"--model": self.options.model, "--data": str(self.data), "--out": str(self.folder / name), "--device": "cpu", "--threads": "1",
                 "--dtype": "float32", "--batch": "4", "--steps": "20", "--lr": "1e-2", "--max-length": "64"}
        kept = [word for option, value in usual.items() if option not in more for word in (option, value)]
        return [self.options.lora, "train", "--json", *kept, *more]

    def losses(self, name):
        lines = (self.folder / name / "events.jsonl").read_text().splitlines()
        return [event["loss"] for event in map(json.loads, lines) if event.get("event") == "step"]

    def adapter(self, name):
        return (self.folder / name / "adapter" / "adapter_model.safetensors").read_bytes()


def say(text):
    print(text, flush=True)


def check(holds, text):
    say(("holds: " if holds else "FAILS: ") + text)
    if not holds:
        failures.append(text)


def tensors(data):
    """Of a safetensors file with float32 alone: name → list of numbers."""
    import array
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + size])
    header.pop("__metadata__", None)
    return {name: array.array("f", data[8 + size + at["data_offsets"][0]:8 + size + at["data_offsets"][1]]) for name, at in header.items()}


def compare(bench, name):
    one, many = bench.losses("one"), bench.losses(name)
    apart = max((abs(a - b) / abs(a) for a, b in zip(one, many)), default=1)
    check(len(one) == len(many) and apart < 1e-5, f"{name}: {len(many)} losses, at most {apart:.1e} from one process's")
    ours, theirs = tensors(bench.adapter("one")), tensors(bench.adapter(name))
    difference = sum((a - b) ** 2 for key in ours for a, b in zip(ours[key], theirs[key])) ** 0.5
    norm = sum(a * a for key in ours for a in ours[key]) ** 0.5
    check(difference < 1e-3 * norm, f"{name}: the adapter's factors are {difference / norm:.1e} of their norm apart")


def rank_environment(rank, address):
    return dict(os.environ, RANK=str(rank), WORLD_SIZE="2", LOCAL_RANK="0", MASTER_ADDR=address, MASTER_PORT=str(PORT))


def torchrun(bench):
    if not shutil.which(bench.options.torchrun):
        return say("skipped: torchrun, not installed")
    done = subprocess.run([bench.options.torchrun, "--no-python", "--nproc-per-node", "2", "--master-port", str(PORT),
                           *bench.words("under torchrun")], capture_output=True, text=True)
    check(done.returncode == 0, "torchrun ends well" + ("" if done.returncode == 0 else ": " + done.stderr[-500:]))
    if done.returncode == 0:
        compare(bench, "under torchrun")


class TwoMachines:
    """Network namespaces `lora-a` and `lora-b` with one cable between them."""

    COMMANDS = ["netns add lora-a", "netns add lora-b", "link add lora-va netns lora-a type veth peer name lora-vb netns lora-b",
                f"-n lora-a addr add {FIRST}/24 dev lora-va", f"-n lora-b addr add {SECOND}/24 dev lora-vb",
                "-n lora-a link set lo up", "-n lora-b link set lo up", "-n lora-a link set lora-va up", "-n lora-b link set lora-vb up"]

    def __enter__(self):
        self.__exit__()
        for command in self.COMMANDS:
            subprocess.run(["ip", *command.split()], check=True)
        return self

    def __exit__(self, *_):
        for name in ("lora-a", "lora-b"):
            subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL)

    def start(self, bench, name, *more):
        """The same line on both; what each says, by a file."""
        ranks = []
        for rank, machine in enumerate(("lora-a", "lora-b")):
            said = open(bench.folder / f"{name} {rank}.txt", "w+")
            ranks.append((subprocess.Popen(["ip", "netns", "exec", machine, *bench.words(name, *more)],
                                           env=rank_environment(rank, FIRST), stdout=subprocess.DEVNULL, stderr=said), said))
        return ranks

    def cut(self):
        subprocess.run(["ip", "-n", "lora-b", "link", "set", "lora-vb", "down"], check=True)

    def mend(self):
        subprocess.run(["ip", "-n", "lora-b", "link", "set", "lora-vb", "up"], check=True)


def ended(ranks, since):
    """Waits for all; (seconds after `since`, exit code, last words) of each."""
    ends = {}
    while len(ends) < len(ranks):
        for i, (process, said) in enumerate(ranks):
            if i not in ends and process.poll() is not None:
                said.seek(0)
                lines = [line for line in said.read().splitlines() if line.strip()]
                ends[i] = (time.monotonic() - since, process.returncode, lines[-1] if lines else "")
        if time.monotonic() - since > 120:
            for process, _ in ranks:
                process.kill()
        time.sleep(0.02)
    return [ends[i] for i in range(len(ranks))]


def can_make_machines():
    return os.geteuid() == 0 and shutil.which("ip") and subprocess.run(["ip", "netns", "list"], capture_output=True).returncode == 0


def machines(bench):
    if not can_make_machines():
        return say("skipped: machines, needs root and iproute2")
    with TwoMachines() as two:
        ends = ended(two.start(bench, "over two machines"), time.monotonic())
    check(all(code == 0 for _, code, _ in ends), "both machines end well" + "".join(": " + words for _, code, words in ends if code))
    if all(code == 0 for _, code, _ in ends):
        compare(bench, "over two machines")


def wait_for_steps(bench, name, count):
    begin = time.monotonic()
    while time.monotonic() - begin < 120:
        if (bench.folder / name / "events.jsonl").exists() and len(bench.losses(name)) >= count:
            return
        time.sleep(0.05)
    check(False, f"{name}: {count} steps within two minutes")


def cut(bench):
    if not can_make_machines():
        return say("skipped: cut, needs root and iproute2")
    with TwoMachines() as two:
        ranks = two.start(bench, "cut off", "--steps", "100000", "--checkpoint-every", "5", "--rank-timeout", "5")
        wait_for_steps(bench, "cut off", 12)
        two.cut()
        for rank, (seconds, code, words) in enumerate(ended(ranks, time.monotonic())):
            check(code not in (0, None) and seconds < 60, f"rank {rank}, its link cut, ends after {seconds:.1f} s with {code}: {words}")
        two.mend()
        before = len(bench.losses("cut off"))
        going_on = [bench.options.lora, "train", "--resume", str(bench.folder / "cut off"), "--json", "--threads", "1", "--rank-timeout", "5"]
        again = [subprocess.Popen(["ip", "netns", "exec", machine, *going_on], env=rank_environment(rank, FIRST), stdout=subprocess.DEVNULL)
                 for rank, machine in enumerate(("lora-a", "lora-b"))]
        wait_for_steps(bench, "cut off", before + 5)
        for process in again:
            process.send_signal(signal.SIGINT)
        check(all(process.wait(120) == 130 for process in again), f"resumed over the mended link behind step {before}, and stopped when asked")


SLURM = """ClusterName=lora
SlurmctldHost={host}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
ProctrackType=proctrack/pgid
TaskPlugin=task/none
MpiDefault=none
ReturnToService=1
SlurmUser=root
SlurmctldPort=27817
SlurmdPort=27818
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmdSpoolDir={folder}/spool
StateSaveLocation={folder}/state
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
SelectType=select/linear
NodeName={host} CPUs={cores} State=UNKNOWN
PartitionName=all Nodes={host} Default=YES OverSubscribe=YES State=UP
"""


class OneNodeSlurm:
    def __init__(self, folder):
        self.folder, self.servers = Path(folder), []

    def __enter__(self):
        folder, host = self.folder, os.uname().nodename.split(".")[0]
        for name in ("spool", "state", "munge"):
            (folder / name).mkdir(parents=True)
        key = folder / "munge" / "key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        (folder / "slurm.conf").write_text(SLURM.format(host=host, folder=folder, cores=os.cpu_count()))
        self.environment = dict(os.environ, SLURM_CONF=str(folder / "slurm.conf"))
        self.start("munged", "--foreground", "--force", f"--key-file={key}", f"--socket={folder}/munge.socket", f"--pid-file={folder}/munge/pid",
                   f"--log-file={folder}/munge/log", f"--seed-file={folder}/munge/seed")
        time.sleep(1)
        self.start("slurmctld", "-D", "-i")
        time.sleep(2)
        self.start("slurmd", "-D", "-N", host)
        for _ in range(30):
            if "idle" in self.run(["sinfo", "--noheader", "--format=%T"]).stdout:
                return self
            time.sleep(1)
        return self

    def start(self, *words):
        self.servers.append(subprocess.Popen(words, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def run(self, words):
        return subprocess.run(words, env=self.environment, capture_output=True, text=True, timeout=300)

    def __exit__(self, *_):
        for server in reversed(self.servers):
            server.terminate()
            server.wait(20)


def slurm(bench):
    missing = [name for name in ("munged", "slurmctld", "slurmd", "srun") if not shutil.which(name)]
    if missing or os.geteuid() != 0:
        return say("skipped: slurm, missing: " + (", ".join(missing) or "root"))
    with OneNodeSlurm(bench.folder / "cluster") as cluster:
        state = cluster.run(["sinfo", "--noheader", "--format=%T"]).stdout.strip()
        if "idle" not in state:
            logs = [(bench.folder / "cluster" / name) for name in ("slurmctld.log", "slurmd.log")]
            return say(f"skipped: slurm does not start here (the node is '{state}'): "
                       + " | ".join(log.read_text()[-300:] for log in logs if log.exists()))
        done = cluster.run(["srun", "--ntasks", "2", "--overcommit", *bench.words("under srun")])
        check(done.returncode == 0, "srun ends well" + ("" if done.returncode == 0 else ": " + done.stderr[-500:]))
        if done.returncode == 0:
            compare(bench, "under srun")


def rank_process(parent, rank):
    for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        try:
            if f"LOCAL_RANK={rank}\0".encode() in Path(f"/proc/{child}/environ").read_bytes():
                return int(child)
        except OSError:
            pass
    return None


def kills(bench):
    draw = random.Random(7)
    options = ("--ranks", "2", "--steps", "60", "--checkpoint-every", "5", "--rank-timeout", "10")
    subprocess.run(bench.words("never killed", *options), stdout=subprocess.DEVNULL, check=True)
    killed, resumed, slowest = 0, 0, 0.0
    words = bench.words("killed", *options)
    while killed < bench.options.count:
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        time.sleep(draw.uniform(0.3, 2.5))
        victim = rank_process(process.pid, draw.randrange(2)) if process.poll() is None else None
        if victim is not None:
            os.kill(victim, signal.SIGKILL)
            begin = time.monotonic()
            said = process.communicate(timeout=120)[1]
            slowest = max(slowest, time.monotonic() - begin)
            killed += 1
            if process.returncode == 0 or "killed by signal 9" not in said:
                check(process.returncode == 0, f"kill {killed}: ended with {process.returncode} and says {said[-300:]!r}")
        else:
            process.communicate(timeout=120)
        if (bench.folder / "killed" / "adapter").exists():  # this one came to its end: a new one
            check(bench.adapter("killed") == bench.adapter("never killed"), f"after {killed} kills in all: the adapter of a run never killed")
            shutil.rmtree(bench.folder / "killed")
        if (bench.folder / "killed" / "run.json").exists():
            resumed += 1
            words = [bench.options.lora, "train", "--resume", str(bench.folder / "killed"), "--json", "--threads", "1", "--ranks", "2",
                     "--rank-timeout", "10"]
        else:
            shutil.rmtree(bench.folder / "killed", ignore_errors=True)
            words = bench.words("killed", *options)
    say(f"{killed} kills, {resumed} resumes; the slowest end came {slowest:.1f} s after the kill")


def main():
    options = arguments()
    everything = {"torchrun": torchrun, "machines": machines, "slurm": slurm, "cut": cut, "kills": kills}
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options, folder)
        subprocess.run(bench.words("one"), stdout=subprocess.DEVNULL, check=True)
        for name in options.what or everything:
            if name not in everything:
                sys.exit(f"'{name}' is none of {', '.join(everything)}")
            everything[name](bench)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
