// Tokenizers from every kind of file: what opens also encodes and decodes.

#include "engine/files/gguf.h"
#include "engine/text/pattern.h"
#include "engine/text/tokenizer.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/readers.h"

namespace lora::fuzz {

namespace {

constexpr std::size_t longest_text = 4096;

void use(const Tokenizer& tokenizer, std::string_view own) {
    for (const std::string_view text :
        {std::string_view("It's 3 o'clock\n\t now  \xE4\xBD\xA0\xE5\xA5\xBD e\xCC\x81 \xEF\xAC\x81<s> 12345"),
            own.substr(0, longest_text)}) {
        const MarkedTokens marked = tokenizer.encode_marked(text, {{0, text.size() / 2}});
        if (marked.ids.size() != marked.marked.size()) throw std::logic_error("a mark is missing");
        for (const TokenId id : marked.ids)
            if (id < 0 || id >= tokenizer.size()) throw std::logic_error("an id outside the vocabulary");
        look_at(tokenizer.decode(marked.ids, true));
        look_at(tokenizer.decode(tokenizer.encode(text)));
    }
}

} // namespace

void read_gguf_vocabulary(std::string_view bytes) {
    const std::string path = input_folder().write("model.gguf", bytes);
    refusable([&] { use(Tokenizer::from_gguf(GgufFile(path)), ""); });
}

void read_tokenizer_json(std::string_view bytes) {
    const auto files = files_of(bytes, 3); // tokenizer.json, tokenizer_config.json, a text
    const InputFolder& folder = input_folder();
    folder.remove("tokenizer.model");
    folder.write("tokenizer.json", files[0]);
    folder.write("tokenizer_config.json", files[1].empty() ? "{}" : files[1]);
    refusable([&] { use(Tokenizer::from_folder(folder.path()), files[2]); });
}

void read_sentence_pieces(std::string_view bytes) {
    const auto files = files_of(bytes, 2); // tokenizer_config.json, tokenizer.model
    const InputFolder& folder = input_folder();
    folder.remove("tokenizer.json");
    folder.write("tokenizer.model", files[1]);
    folder.write("tokenizer_config.json", files[0].empty() ? "{}" : files[0]);
    refusable([&] { use(Tokenizer::from_folder(folder.path()), ""); });
}

void read_pattern(std::string_view bytes) {
    const auto files = files_of(bytes, 2); // the expression, a text
    refusable([&] {
        std::size_t end = 0;
        for (const TextRange& match :
            Pattern(files[0], "pattern").matches(files[1].substr(0, longest_text))) {
            if (match.begin < end || match.end < match.begin) throw std::logic_error("matches overlap");
            end = match.end;
        }
    });
}

} // namespace lora::fuzz
