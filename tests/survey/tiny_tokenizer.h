#pragma once
// A byte-level tokenizer with a chat model's end token, opened from a folder that the test owns.

#include "engine/files/json.h"
#include "engine/text/tokenizer.h"
#include "tests/files/scratch.h"

#include <filesystem>

inline lora::Tokenizer tiny_tokenizer(const Scratch& scratch) {
    std::filesystem::create_directory(scratch.path("model"));
    std::filesystem::copy_file(
        FIXTURES "/tokenizers/smollm/tokenizer.json", scratch.path("model/tokenizer.json"));
    const std::string chatml = "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + "
                               "message['content'] + '<|im_end|>' + '\n'}}{% endfor %}";
    const lora::Json config = {{"eos_token", "<|im_end|>"}, {"chat_template", chatml}};
    scratch.write("model/tokenizer_config.json", config.dump());
    return lora::Tokenizer::from_folder(scratch.path("model"));
}
