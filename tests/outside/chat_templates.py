"""Do rows of chats get the text, the ids and the mask that transformers gives them, by the templates of published models?

Each template (a file *.jinja) is put to one model's tokenizer, twenty conversations each: system, several turns, tools, calls, results,
thinking, parts. Compared are the text with that of apply_chat_template at a fixed time, the ids of the whole, and, where the template has
generation marks, the mask with return_assistant_tokens_mask, which is what TRL learns with assistant_only_loss; what transformers refuse
must be refused. Messages that a template writes nothing of are refused here on purpose, and counted apart.

    python chat_templates.py --fed build/tests/outside/outside-fed --model MODEL TEMPLATE…

MODEL is a folder as on the hub, with a byte-level tokenizer; outside-fed is built by `cmake --build build --target outside-fed`. Templates
are not part of this project: llama.cpp has some seventy in models/templates, TRL as many in trl/chat_templates, and each model's own
repository has its own. Checked with transformers 5.24. Exit code 1 where one differs.
"""
import argparse
import datetime
import json
import re
import sys
import tempfile
from pathlib import Path
from unittest import mock

from transformers import AutoTokenizer
from transformers.utils import chat_template_utils

from fed import Fed

WEATHER = {"type": "function", "function": {
    "name": "weather", "description": "The weather of a place, \"now\" & here <today>", "parameters": {
        "type": "object", "required": ["place"], "properties": {
            "place": {"type": "string", "description": "A city, e.g. Zürich"},
            "unit": {"type": "string", "enum": ["C", "F"], "default": "C"},
            "days": {"type": "integer", "description": "How many"}}}}}
ADD = {"type": "function", "function": {
    "name": "add", "description": "Adds numbers", "parameters": {
        "type": "object", "properties": {"numbers": {"type": "array", "items": {"type": "number"}},
                                         "how": {"type": "object", "properties": {"exact": {"type": "boolean"}}}}}}}

LOST = "would be lost"


def system(text): return {"role": "system", "content": text}
def user(text): return {"role": "user", "content": text}
def answer(text, **more): return {"role": "assistant", "content": text, **more}


def call(name, arguments, number="abcdefgh1"):
    return {"id": number, "type": "function", "function": {"name": name, "arguments": arguments}}


def calls(*these, **more): return {"role": "assistant", "content": more.pop("content", ""), "tool_calls": list(these), **more}
def result(text, name="weather", number="abcdefgh1"): return {"role": "tool", "name": name, "content": text, "tool_call_id": number}


PLACE = {"place": "Zürich"}
CONVERSATIONS = {
    "one turn": [user("Hello"), answer("Hi there!")],
    "system": [system("You are terse."), user("Hello"), answer("Hi.")],
    "several turns": [user("1 + 1?"), answer("2"), user("and 2 + 2?"), answer("4"), user("thanks"), answer("Welcome")],
    "system and several turns": [system("Count."), user("one"), answer("two"), user("three"), answer("four")],
    "spaces and line breaks": [system("  Be brief \n"), user("\n a  b\n\n"), answer("  c\n"), user("d\t"), answer(" e ")],
    "other scripts": [user("你好 – naïve ✓ \U0001f600"), answer("ñandú “quoted” & <b>bold</b> {{ not }} {% this %}")],
    "empty question": [user(""), answer("What is it?")],
    "code": [user("Print x"), answer("```python\nprint(f\"{x!r}\")\n```")],
    "thinking in the text": [user("17 * 3?"), answer("<think>\n17 * 3 is 51\n</think>\n\n51"), user("+ 1?"),
                             answer("<think>\n52\n</think>\n\n52")],
    "thinking of its own": [user("17 * 3?"), answer("51", reasoning_content="17 * 3 is 51"), user("+ 1?"),
                            answer("52", reasoning_content="51 + 1")],
    "tools that are not called": ([system("Help."), user("Hello"), answer("Hi.")], [WEATHER, ADD]),
    "a call and its result": ([user("Weather in Zürich?"), calls(call("weather", PLACE)), result("{\"sun\": true}"),
                               answer("It is sunny.")], [WEATHER]),
    "a call with words": ([system("Help."), user("Weather?"), calls(call("weather", PLACE), content="Let me look."), result("rain"),
                           answer("It rains.")], [WEATHER]),
    "two calls at once": ([user("Both?"), calls(call("weather", PLACE), call("add", {"numbers": [1, 2.5, -3e-7]}, "abcdefgh2")),
                           result("snow"), result("-0.5", "add", "abcdefgh2"), answer("Snow, and -0.5.")], [WEATHER, ADD]),
    "calls in two turns": ([user("Zürich?"), calls(call("weather", PLACE)), result("fog"), answer("Fog."), user("Bern?"),
                            calls(call("weather", {"place": "Bern", "days": 3}, "abcdefgh2")), result("sun", number="abcdefgh2"),
                            answer("Sun.")], [WEATHER]),
    "nested arguments": ([user("Add"), calls(call("add", {"numbers": [], "how": {"exact": True, "why": None, "text": "a\"b\\c\n"}})),
                          result("0", "add"), answer("0")], [ADD]),
    "a call after thinking": ([user("Weather?"), calls(call("weather", PLACE), reasoning_content="I should look"), result("hail"),
                               answer("Hail.", reasoning_content="It says hail")], [WEATHER]),
    "ends with a call": ([user("Weather?"), calls(call("weather", PLACE))], [WEATHER]),
    "no content beside a call": ([user("Weather?"), calls(call("weather", PLACE), content=None), result("mist"), answer("Mist.")],
                                 [WEATHER]),
    "developer": [{"role": "developer", "content": "Be kind."}, user("Hello"), answer("Hello, dear!")],
}


class FixedTime(datetime.datetime):
    """The time that outside-fed gives to templates."""
    @classmethod
    def now(cls, tz=None):
        return cls(2025, 3, 9, 13, 5, 7, tzinfo=tz)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fed", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--show", action="store_true", help="the two texts where they differ")
    parser.add_argument("templates", nargs="+")
    return parser.parse_args()


def rows():
    for name, conversation in CONVERSATIONS.items():
        messages, tools = conversation if isinstance(conversation, tuple) else (conversation, None)
        yield name, {"messages": messages, **({"tools": tools} if tools else {})}


def model_with(template, model, folder):
    """The model's folder, links, with this template in place of its own."""
    folder.mkdir()
    for file in Path(model).iterdir():
        if file.name not in ("chat_template.jinja", "tokenizer_config.json"):
            (folder / file.name).symlink_to(file.resolve())
    config = json.loads((Path(model) / "tokenizer_config.json").read_text())
    config["chat_template"] = template
    (folder / "tokenizer_config.json").write_text(json.dumps(config))


def expected(tokenizer, row, marked):
    """{"text", "ids", "mask" (None: not marked)}, or {"refused"}."""
    # As a data loader of these rows would: keys that are null are not there.
    messages = [{key: value for key, value in message.items() if value is not None} for message in row["messages"]]

    def write(**more):
        return tokenizer.apply_chat_template(json.loads(json.dumps(messages)), tools=row.get("tools"), **more)

    try:
        today = write(tokenize=False)
        with mock.patch.object(chat_template_utils, "datetime", FixedTime):
            text = write(tokenize=False)
    except Exception as refusal:  # whatever the template's own words raise
        return {"refused": f"{type(refusal).__name__}: {refusal}"}
    mask = None
    if marked:
        mask = [bool(each) for each in write(tokenize=True, return_dict=True, return_assistant_tokens_mask=True)["assistant_masks"]]
    return {"text": text, "ids": tokenizer(today, add_special_tokens=False)["input_ids"], "mask": mask}


def difference(there, here):
    """In words; empty where there is none."""
    if "refused" in there:
        return "" if "refused" in here else f"refused there ({there['refused'][:120]}), not here"
    if "refused" in here:
        return "" if LOST in here["refused"] else here["refused"][:300]
    if here["text"] != there["text"]:
        return "another text"
    if here["ids"] != there["ids"]:
        return "other ids"
    # The first id is predicted by nothing.
    return "another mask" if there["mask"] is not None and here["learned"][1:] != there["mask"][1:] else ""


def compare(options, fed, tokenizer, path, folder):
    """Prints how the template does; whether nothing differs."""
    template = Path(path).read_text()
    marked = re.search(r"{%-?\s*generation", template) is not None
    model_with(template, options.model, folder)
    tokenizer.chat_template = template
    named = list(rows())
    answers = fed.ask([{"folder": str(folder), "row": row} for _, row in named])
    counts, differ = {"rendered": 0, "refused": 0, "lost": 0}, []
    for (name, row), here in zip(named, answers):
        there = expected(tokenizer, row, marked)
        words = difference(there, here)
        counts["refused" if "refused" in there else "lost" if LOST in here.get("refused", "") else "rendered"] += 1
        if words:
            differ.append(f"{name}: {words}")
            if options.show and words == "another text":
                differ.append(f"--- there\n{there['text']}\n--- here\n{here['text']}")
    print(f"{Path(path).name}: {counts['rendered']} rendered, {counts['refused']} refused by both"
          + (f", {counts['lost']} refused here alone: something would be lost" if counts["lost"] else "")
          + (", masks too" if marked else "") + (f"; {len(differ)} DIFFER" if differ else ""), flush=True)
    for each in differ:
        print("   ", each, flush=True)
    return not differ


def main():
    options = arguments()
    fed = Fed(options.fed)
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    with tempfile.TemporaryDirectory() as scratch:
        equal = sum(compare(options, fed, tokenizer, path, Path(scratch) / str(number))
                    for number, path in enumerate(options.templates))
    fed.close()
    print(f"{equal} of {len(options.templates)} templates equal")
    return 0 if equal == len(options.templates) else 1


if __name__ == "__main__":
    sys.exit(main())
