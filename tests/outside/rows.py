"""Are rows of each shape, out of each kind of file, fed as TRL and transformers feed them?

A few hard rows of each shape are written to each kind of file. A line of Python puts the same rows into one of TRL's shapes, and what TRL's
own functions make of those is compared with what training here is fed: the ids, and the mask of TRL's assistant_only_loss (messages) or
completion_only_loss (all others). Questions with an answer of their own columns (alpaca, question and answer) are chats here, so TRL is given
them as messages; as its prompt and completion it would also learn the line break that SmolLM2's template writes behind the mark of the answer's
end. Classifiers are compared with transformers' tokenizer.

    python rows.py --fed build/tests/outside/outside-fed --model SMOLLM2 --classifier MINILM

Both are folders as on the hub; the model is given the template ../fixtures/chats/marked.jinja, as SmolLM2's own has no generation marks.
Checked with TRL 1.16, transformers 5.24, datasets 5.2. Exit code 1 where one differs.
"""
import argparse
import csv
import json
import sys
import tempfile
from pathlib import Path

import pyarrow
import pyarrow.parquet
from datasets import Dataset, disable_progress_bars
from transformers import AutoTokenizer
from trl.data_utils import _tokenize, common_prefix_length

from chat_templates import model_with
from fed import Fed

TEMPLATE = Path(__file__).parent.parent / "fixtures" / "chats" / "marked.jinja"
TEXTS = ["Grüße, \"world\"", "two\nlines, a comma", "日本語 😀 x", "it's 1,000.5 \\ tab\there", "<|im_end|> in words", "end; semicolon "]
ANSWERS = ["Yes", "No,\n\"no\"", "ñandú {{ x }}", "42", "a\tb", "…"]
PAIRS = list(zip(TEXTS, ANSWERS))
LABELS = ["good", "bad", "good", "so so", "bad", "good"]


def user(text):
    return {"role": "user", "content": text}


def assistant(text):
    return {"role": "assistant", "content": text}


def chat(question, answer):
    return {"messages": [user(question), assistant(answer)]}


def asked(question, answer):
    return {"prompt": [user(question)], "completion": [assistant(answer)]}


# name: (rows as people have them, the same in one of TRL's shapes)
FLAT = {
    "text": ([{"text": text} for text in TEXTS], [{"text": text} for text in TEXTS]),
    "prompt_completion": ([{"prompt": q, "completion": a} for q, a in PAIRS], [{"prompt": q, "completion": a} for q, a in PAIRS]),
    "alpaca": ([{"instruction": q, "input": "", "output": a} for q, a in PAIRS], [chat(q, a) for q, a in PAIRS]),
    "alpaca with input": ([{"instruction": q, "input": a, "output": q} for q, a in PAIRS], [chat(q + "\n\n" + a, q) for q, a in PAIRS]),
    "question_answer": ([{"question": q, "answer": a} for q, a in PAIRS], [chat(q, a) for q, a in PAIRS]),
    "chosen_rejected": ([{"prompt": q, "chosen": a, "rejected": "x"} for q, a in PAIRS],
                        [{"prompt": q, "completion": a} for q, a in PAIRS]),
}
NESTED = {
    "messages": ([{"messages": [user(q), assistant(a), user(a), assistant(q)]} for q, a in PAIRS],
                 [{"messages": [user(q), assistant(a), user(a), assistant(q)]} for q, a in PAIRS]),
    "prompt_completion of messages": ([asked(q, a) for q, a in PAIRS], [asked(q, a) for q, a in PAIRS]),
    "sharegpt": ([{"conversations": [{"from": "human", "value": q}, {"from": "gpt", "value": a}]} for q, a in PAIRS],
                 [chat(q, a) for q, a in PAIRS]),
    "chosen_rejected of messages": ([{"chosen": [user(q), assistant(a)], "rejected": [user(q), assistant("x")]} for q, a in PAIRS],
                                    [chat(q, a) for q, a in PAIRS]),
}
CLASSES = {
    "text and label": [{"text": text, "label": label} for text, label in zip(TEXTS, LABELS)],
    "text and number": [{"text": text, "label": label} for text, label in zip(TEXTS, [2, 0, 1, 0, 2, 1])],
    "pair and label": [{"sentence1": q, "sentence2": a, "label": label} for (q, a), label in zip(PAIRS, LABELS)],
}


def write_lines(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def write_list(path, rows):
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def write_table(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), delimiter="\t" if path.suffix == ".tsv" else ",")
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_parquet(path, rows):
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path, compression="zstd", row_group_size=4)
    return path


def write_arrow(path, rows):
    Dataset.from_list(rows).save_to_disk(str(path))
    return next(path.glob("*.arrow"))


def write_folder(path, rows):
    path.mkdir()
    write_parquet(path / "a-0.parquet", rows[:2])
    write_parquet(path / "a-1.parquet", rows[2:])
    return path


def packed(writer, kind):
    """The writer's file, compressed."""
    def write(path, rows):
        plain = writer(path.with_suffix(""), rows)
        with pyarrow.CompressedOutputStream(str(path), kind) as file:
            file.write(plain.read_bytes())
        plain.unlink()
        return path
    return write


ANY = {"rows.jsonl": write_lines, "rows.json": write_list, "rows.parquet": write_parquet, "arrow": write_arrow, "folder": write_folder,
       "packed.jsonl.gz": packed(write_lines, "gzip"), "packed.jsonl.zst": packed(write_lines, "zstd")}
TABLES = {"rows.csv": write_table, "rows.tsv": write_table, "packed.csv.gz": packed(write_table, "gzip")}


def learned_by_trl(tokenizer, row):
    """ids and mask, by the steps of SFTTrainer."""
    end = tokenizer.eos_token
    if "text" in row:
        ids = tokenizer(row["text"] + end)["input_ids"]
        return ids, [True] * len(ids)
    if "messages" in row:
        made = _tokenize(tokenizer, row["messages"], return_assistant_tokens_mask=True)
        return made["input_ids"], [bool(each) for each in made["assistant_masks"]]
    if isinstance(row["prompt"], str):
        prompt, whole = tokenizer(row["prompt"])["input_ids"], tokenizer(row["prompt"] + row["completion"] + end)["input_ids"]
    else:
        prompt = _tokenize(tokenizer, row["prompt"], add_generation_prompt=True)["input_ids"]
        whole = _tokenize(tokenizer, row["prompt"] + row["completion"])["input_ids"]
    shared = common_prefix_length(prompt, whole)
    return whole, [place >= shared for place in range(len(whole))]


def of_classifier(tokenizer, row):
    texts = [value for key, value in row.items() if key != "label"]
    return tokenizer(*texts)["input_ids"], str(row["label"])


def told(answer, classes):
    if classes:
        return [(row["ids"], row.get("label")) for row in answer["rows"]]
    # The first id is predicted by nothing.
    return [(row["ids"], row["learned"][1:]) for row in answer["rows"]]


def compare(fed, model, scratch, name, rows, expected, containers, classes=False):
    """Prints a row of the table; whether all is equal."""
    cells, equal = [], True
    folder = scratch / name.replace(" ", "-")
    folder.mkdir()
    for container, write in containers.items():
        path = write(folder / container, rows)
        answer = fed.ask([{"folder": str(model), "file": str(path), "classes": classes}])[0]
        same = "refused" not in answer and told(answer, classes) == expected
        equal &= same
        cells.append(f"{container}: " + ("equal" if same else "DIFFERS " + answer.get("refused", "")[:200]))
    print(f"| {name} | {len(rows)} | " + ", ".join(cells) + " |", flush=True)
    return equal


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("fed", "model", "classifier"):
        parser.add_argument("--" + name, required=True)
    options = parser.parse_args()
    disable_progress_bars()
    fed = Fed(options.fed)
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    tokenizer.chat_template = TEMPLATE.read_text()
    classifier = AutoTokenizer.from_pretrained(options.classifier)
    all_equal = True
    with tempfile.TemporaryDirectory() as at:
        scratch = Path(at)
        model_with(tokenizer.chat_template, options.model, scratch / "model")
        for name, (rows, of_trl) in (FLAT | NESTED).items():
            expected = [(ids, mask[1:]) for ids, mask in (learned_by_trl(tokenizer, row) for row in of_trl)]
            containers = ANY | TABLES if name in FLAT else ANY
            all_equal &= compare(fed, scratch / "model", scratch, name, rows, expected, containers)
        for name, rows in CLASSES.items():
            expected = [of_classifier(classifier, row) for row in rows]
            all_equal &= compare(fed, options.classifier, scratch, name, rows, expected, ANY | TABLES, classes=True)
    fed.close()
    return 0 if all_equal else 1


if __name__ == "__main__":
    sys.exit(main())
