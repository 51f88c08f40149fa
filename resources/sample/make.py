"""Writes commands.jsonl and commands-held-out.jsonl beside this file: plain requests to a house, each with its command.

Python 3.11, no packages, fixed seed: the same files every time. The held-out prompts occur nowhere in commands.jsonl.
"""
import json
import random
from pathlib import Path

HERE = Path(__file__).parent
TRAINING, HELD_OUT = 400, 20

ROOMS = {"kitchen": "kitchen", "bedroom": "bedroom", "bathroom": "bathroom", "office": "office", "hallway": "hallway",
         "living room": "living room", "lounge": "living room", "garage": "garage"}
LIGHTS = ["light", "lights", "lamp", "lamps"]
HEATINGS = ["heating", "radiator", "heater"]
BLINDS = ["blinds", "shutters"]

# Phrases of one meaning: what is said as an order, and what can only be said as it stands.
PHRASES = {
    ("light", "on"): (
        ["turn on the {room} {light}", "switch on the {light} in the {room}", "turn the {room} {light} on",
         "put the {light} on in the {room}", "light up the {room}"],
        ["It is too dark in the {room}.", "I need some light in the {room}.", "{Room} {light} on."]),
    ("light", "off"): (
        ["turn off the {room} {light}", "switch off the {light} in the {room}", "turn the {room} {light} off",
         "put out the {light} in the {room}", "make the {room} dark"],
        ["The {room} does not need any light now.", "No more light in the {room}.", "{Room} {light} off."]),
    ("light", "dim"): (
        ["dim the {room} {light} to {percent} percent", "dim the {light} in the {room} to {percent}",
         "set the {room} {light} to {percent} percent", "lower the {light} in the {room} to {percent} percent"],
        ["I want the {room} {light} at {percent} percent.", "{percent} percent light in the {room}."]),
    ("heating", "set"): (
        ["set the {room} {heating} to {degrees} degrees", "heat the {room} to {degrees} degrees",
         "turn the {heating} in the {room} to {degrees}", "warm up the {room} to {degrees} degrees", "make it {degrees} degrees in the {room}"],
        ["I would like {degrees} degrees in the {room}.", "The {room} should be at {degrees} degrees."]),
    ("heating", "off"): (
        ["turn off the {room} {heating}", "switch off the {heating} in the {room}", "turn the {heating} off in the {room}",
         "stop heating the {room}"],
        ["It is too hot in the {room}, no more heating.", "{Room} {heating} off."]),
    ("blinds", "open"): (
        ["open the {room} {blinds}", "open the {blinds} in the {room}", "raise the {room} {blinds}", "pull up the {blinds} in the {room}"],
        ["Let the sun into the {room}.", "{Room} {blinds} up."]),
    ("blinds", "close"): (
        ["close the {room} {blinds}", "close the {blinds} in the {room}", "lower the {room} {blinds}", "pull down the {blinds} in the {room}"],
        ["Keep the sun out of the {room}.", "{Room} {blinds} down."]),
    ("music", "play"): (
        ["play music in the {room}", "play some music in the {room}", "start the music in the {room}", "put on some music in the {room}"],
        ["I want to hear music in the {room}.", "Music in the {room}."]),
    ("music", "stop"): (
        ["stop the music in the {room}", "turn off the {room} music", "switch off the music in the {room}", "end the music in the {room}"],
        ["No more music in the {room}.", "It is too loud in the {room}, no more music."]),
    ("timer", "start"): (
        ["set a timer for {minutes} minutes", "start a timer of {minutes} minutes", "count down {minutes} minutes",
         "wake me in {minutes} minutes", "remind me in {minutes} minutes"],
        ["Timer for {minutes} minutes.", "Tell me when {minutes} minutes are over."]),
}
MANNERS = ["{Order}.", "{Order}.", "Please {order}.", "{Order}, please.", "Could you {order}?", "Can you {order}, please?",
           "I want you to {order}.", "Would you {order}?", "Now {order}."]
VALUES = {"dim": ("percent", range(10, 100, 5)), "set": ("degrees", range(16, 26)), "start": ("minutes", range(2, 60))}


def upper_first(text):
    return text[0].upper() + text[1:]


def sample(random, device, action):
    orders, sayings = PHRASES[device, action]
    phrase = random.choice(orders + sayings)
    if phrase in orders:
        phrase = random.choice(MANNERS).replace("{Order}", upper_first(phrase)).replace("{order}", phrase)
    said_room = random.choice(list(ROOMS))
    words = {"room": said_room, "Room": upper_first(said_room), "light": random.choice(LIGHTS), "heating": random.choice(HEATINGS),
             "blinds": random.choice(BLINDS)}
    command = {"device": device, "room": ROOMS[said_room], "action": action}
    if device == "timer":
        del command["room"]
    if action in VALUES:
        name, values = VALUES[action]
        command["value"] = words[name] = random.choice(list(values))
    return {"prompt": f"Request: {phrase.format(**words)}\nCommand:", "completion": " " + json.dumps(command, separators=(",", ":"))}


def samples(random, count, taken):
    """All meanings equally often, in random order, no prompt twice."""
    meanings = list(PHRASES)
    rows = []
    while len(rows) < count:
        row = sample(random, *meanings[len(rows) % len(meanings)])
        if row["prompt"] not in taken:
            taken.add(row["prompt"])
            rows.append(row)
    random.shuffle(rows)
    return rows


def write(name, rows):
    (HERE / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


if __name__ == "__main__":
    source, taken = random.Random(2024), set()
    write("commands-held-out.jsonl", samples(source, HELD_OUT, taken))
    write("commands.jsonl", samples(source, TRAINING, taken))
