#pragma once
// A tiny model, data and the words of `lora train` for it.

#include "engine/files/mapped_file.h"
#include "tests/command/command.h"
#include "tests/files/scratch.h"
#include "tests/tiny_model.h"

struct TinyTraining {
    Scratch scratch;
    std::string model = tiny::write_model(scratch.path("model"));
    std::string data = scratch.write("train.jsonl", tiny::lines(13));
    std::string eval = scratch.write("eval.jsonl", tiny::lines(4));

    /// `lora train --json` into the folder `name`, with `more` words after it.
    Words words(const std::string& name, const Words& more = {}) const {
        Words all{"train", "--json", "--model", model, "--data", data, "--out", scratch.path(name),
            "--device", "cpu", "--threads", "1", "--rank", "2", "--batch", "4", "--lr", "1e-2"};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    Words resume(const std::string& name) const {
        return {"train", "--json", "--resume", scratch.path(name)};
    }
    std::string adapter(const std::string& name) const { return scratch.path(name) + "/adapter"; }
    std::string adapter_bytes(const std::string& name) const {
        return lora::read_text(adapter(name) + "/adapter_model.safetensors", 1 << 20);
    }
};
