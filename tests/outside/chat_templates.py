"""Do rows of chats get the ids and the mask that transformers gives them, by the templates of published models?

Each template (a file *.jinja) is put to one model's tokenizer, twenty conversations each: system, several turns, tools, calls, results,
thinking, parts. Compared are the ids of the whole text with those of apply_chat_template, and, where the template has generation marks,
the mask with return_assistant_tokens_mask; what transformers refuse must be refused. Messages that a template writes nothing of are refused
here on purpose, and counted apart.

    python chat_templates.py --lora build/lora --model MODEL TEMPLATE…

MODEL is a folder as on the hub, with a byte-level tokenizer. Templates are not part of this project: llama.cpp has some seventy in
models/templates, and each model's own repository has its own. Checked with transformers 5.24. Exit code 1 where one differs.
"""
import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from transformers import AutoTokenizer

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


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lora", required=True)
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
    for file in Path(model).iterdir():
        if file.name not in ("chat_template.jinja", "tokenizer_config.json"):
            (folder / file.name).symlink_to(file.resolve())
    config = json.loads((Path(model) / "tokenizer_config.json").read_text())
    config["chat_template"] = template
    (folder / "tokenizer_config.json").write_text(json.dumps(config))


def expected(tokenizer, row, marked):
    """ids, mask (None: not marked), or the refusal."""
    given = json.loads(json.dumps(row))
    # As a data loader of these rows would: keys that are null are not there.
    messages = [{key: value for key, value in message.items() if value is not None} for message in given["messages"]]
    try:
        text = tokenizer.apply_chat_template(messages, tools=given.get("tools"), tokenize=False)
    except Exception as refusal:  # whatever the template's own words raise
        return None, None, f"{type(refusal).__name__}: {refusal}"
    mask = None
    if marked:
        both = tokenizer.apply_chat_template(messages, tools=given.get("tools"), tokenize=True, return_dict=True,
                                             return_assistant_tokens_mask=True)
        mask = [bool(each) for each in both["assistant_masks"]]
    return tokenizer(text, add_special_tokens=False)["input_ids"], mask, text


def fed(lora, folder, given):
    """What the command says of the rows, or its refusal."""
    data = folder / "rows.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in given))
    ran = subprocess.run([lora, "tokenize", "--model", str(folder), "--data", str(data), "--json", "--rows", str(len(given)),
                          "--max-length", "1000000"], capture_output=True, text=True)
    events = [json.loads(line) for line in ran.stdout.splitlines()]
    found = [event for event in events if event["event"] == "row"]
    return (found, "") if ran.returncode == 0 else (None, ran.stderr.strip().splitlines()[-1])


def compare(options, path):
    """Conversations that differ, in words; how many were rendered alike and refused; whether masks were compared."""
    template = Path(path).read_text()
    marked = re.search(r"{%-?\s*generation", template) is not None
    with tempfile.TemporaryDirectory() as at:
        folder = Path(at)
        model_with(template, options.model, folder)
        tokenizer = AutoTokenizer.from_pretrained(at)
        differ, rendered, refused, lost, together = [], 0, 0, 0, []
        for name, row in rows():
            ids, mask, text = expected(tokenizer, row, marked)
            if ids is not None:
                together.append((name, row, ids, mask, text))
                continue
            refused += 1
            if fed(options.lora, folder, [row])[0] is not None:
                differ.append(f"{name}: refused there ({text[:120]}), not here")
        all_found = fed(options.lora, folder, [each[1] for each in together])[0] if together else []
        for number, (name, row, ids, mask, text) in enumerate(together):
            found = all_found[number:number + 1] if all_found is not None else fed(options.lora, folder, [row])[0]
            rendered += 1
            refusal = "" if found else fed(options.lora, folder, [row])[1]
            if LOST in refusal:
                lost += 1
            elif not found:
                differ.append(f"{name}: {refusal[:300]}")
            elif found[0]["ids"] != ids:
                differ.append(f"{name}: other ids" + (f"\n--- there\n{text}\n--- here\n{''.join(found[0]['tokens'])}" if options.show else ""))
            elif mask is not None and found[0]["learned"] != mask:
                differ.append(f"{name}: another mask")
    return differ, rendered - lost, refused, lost, marked


def main():
    options = arguments()
    equal = 0
    for path in options.templates:
        differ, rendered, refused, lost, marked = compare(options, path)
        equal += not differ
        print(f"{Path(path).name}: {rendered} rendered, {refused} refused by both"
              + (f", {lost} refused here alone: something would be lost" if lost else "") + (", masks too" if marked else "")
              + ("" if not differ else f"; {len(differ)} DIFFER"), flush=True)
        for each in differ:
            print("   ", each, flush=True)
    print(f"{equal} of {len(options.templates)} templates equal")
    return 0 if equal == len(options.templates) else 1


if __name__ == "__main__":
    sys.exit(main())
