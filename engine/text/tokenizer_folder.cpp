// A tokenizer from a Hugging Face folder: tokenizer.json, or tokenizer.model alone, splits and merges; the
// config files beside it name the ends and add tokens.

#include "engine/error.h"
#include "engine/files/digest.h"
#include "engine/files/json.h"
#include "engine/files/mapped_file.h"
#include "engine/text/config_tokens.h"
#include "engine/text/folder_templates.h"
#include "engine/text/named_tokens.h"
#include "engine/text/sentence_piece_tokenizer.h"
#include "engine/text/text_frame.h"
#include "engine/text/tokenizer.h"
#include "engine/text/tokenizer_json.h"

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

namespace lora {

namespace {

constexpr std::size_t most_config_bytes = 16 << 20;
constexpr std::size_t most_model_bytes = 64 << 20;

/// What cannot be looked at, such as a link to itself, counts as there: the opening of it says why.
bool is_there(const std::string& path) {
    std::error_code failure;
    return std::filesystem::exists(path, failure) || failure;
}

/// The folder's small files, each an empty object where it is absent.
struct Configs {
    explicit Configs(const std::string& path)
        : folder(path), tokenizer(read("tokenizer_config.json")), model(read("config.json")),
          generation(read("generation_config.json")), legacy(read("special_tokens_map.json")) {}

    Json read(const char* name) const {
        const std::string path = folder + "/" + name;
        return is_there(path) ? read_json(path, {most_config_bytes, 64}) : Json::object();
    }

    JsonFields tokenizer_fields() const { return {tokenizer, folder + "/tokenizer_config.json"}; }
    JsonFields model_fields() const { return {model, folder + "/config.json"}; }
    JsonFields generation_fields() const { return {generation, folder + "/generation_config.json"}; }
    JsonFields legacy_fields() const { return {legacy, folder + "/special_tokens_map.json"}; }

    std::string folder;
    Json tokenizer;
    Json model;
    Json generation;
    Json legacy;
};

std::optional<TokenId> end_or_begin(
    const TokenizerParts& parts, const Configs& configs, const std::string& name) {
    if (const auto id = named_token(parts, configs.tokenizer_fields(), name)) {
        return id;
    }
    for (const JsonFields& config : {configs.model_fields(), configs.generation_fields()}) {
        if (const auto ids = numbered_tokens(parts, config, name + "_id"); !ids.empty()) {
            return ids.front();
        }
    }
    return std::nullopt;
}

/// The end that is learned, and those that generation ends at too.
std::vector<TokenId> ends_of(const TokenizerParts& parts, const Configs& configs) {
    std::vector<TokenId> more = numbered_tokens(parts, configs.generation_fields(), "eos_token_id");
    if (more.empty()) {
        more = numbered_tokens(parts, configs.model_fields(), "eos_token_id");
    }
    std::vector<TokenId> ends;
    if (parts.eos) {
        ends.push_back(*parts.eos);
    }
    for (const TokenId id : more) {
        if (std::find(ends.begin(), ends.end(), id) == ends.end()) {
            ends.push_back(id);
        }
    }
    return ends;
}

// These classes of transformers number the pieces anew or change the text before SentencePiece sees it.
void refuse_other_numbering(const JsonFields& config) {
    const std::string name = config.string_or("tokenizer_class", "");
    for (const char* other : {"Albert", "Barthez", "BigBird", "Camembert", "DebertaV2", "MBart", "Nllb",
             "Pegasus", "Reformer", "RemBert", "Seamless", "T5", "XGLM", "XLMRoberta", "XLNet"}) {
        if (name.starts_with(other)) {
            fail(config.where() + ": tokenizer_class", "'" + shown(name) + "' with a tokenizer.model alone",
                "a tokenizer.json", "save_pretrained() of transformers writes it");
        }
    }
}

struct ReadTokenizer {
    TokenizerParts parts;
    FrameTokens frame;
    bool raw_tokens = false; // tokens of tokenizer_config.json are looked for in the text as it is
};

ReadTokenizer from_sentence_piece(const std::string& path, const JsonFields& config) {
    refuse_other_numbering(config);
    const MappedFile file(path);
    if (file.bytes().size() > most_model_bytes) {
        fail(path, std::to_string(file.bytes().size()) + " bytes",
            "at most " + std::to_string(most_model_bytes));
    }
    const std::string_view bytes(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
    SentencePieceModel model = sentence_piece_model(bytes, path);
    rename_pieces(model, config);
    // The newer reading of Llama's own class; every other one asks for it.
    const bool newer = config.string_or("tokenizer_class", "").starts_with("Llama");
    ReadTokenizer tokenizer;
    tokenizer.parts = sentence_piece_tokenizer(model, !config.boolean_or("legacy", !newer), path);
    tokenizer.raw_tokens = true;
    tokenizer.parts.bos = model.begin;
    tokenizer.parts.eos = model.end;
    return tokenizer;
}

ReadTokenizer read_tokenizer(const std::string& folder, const JsonFields& config) {
    if (is_there(folder + "/tokenizer.json")) {
        JsonTokenizer json = tokenizer_from_json(folder + "/tokenizer.json");
        return {std::move(json.parts), std::move(json.frame)};
    }
    if (is_there(folder + "/tokenizer.model")) {
        return from_sentence_piece(folder + "/tokenizer.model", config);
    }
    fail(folder + "/tokenizer.json", "nothing there, nor a tokenizer.model",
        "the tokenizer that belongs to the weights");
}

/// Of all files of the folder that a tokenizer is read from, its templates apart.
std::string sha256_of_files(const std::string& folder, const TokenizerParts& parts) {
    Digest digest(DigestKind::Sha256);
    for (const char* name : {"tokenizer.json", "tokenizer.model", "tokenizer_config.json", "config.json",
             "generation_config.json", "special_tokens_map.json"})
        if (const std::string path = folder + "/" + name; is_there(path))
            digest.add(name + sha256_of_file(path));
    for (const NamedText& each : parts.chat_templates) digest.add(each.name + sha256(each.text));
    return digest.hex();
}

} // namespace

Tokenizer Tokenizer::from_folder(const std::string& folder) {
    const Configs configs(folder);
    const JsonFields config = configs.tokenizer_fields();
    ReadTokenizer read = read_tokenizer(folder, config);
    auto parts = std::make_shared<TokenizerParts>(std::move(read.parts));
    add_config_tokens(*parts, config, read.raw_tokens);
    if (const auto eos = end_or_begin(*parts, configs, "eos_token")) {
        parts->eos = eos;
    }
    if (const auto bos = end_or_begin(*parts, configs, "bos_token")) {
        parts->bos = bos;
    }
    set_frame(*parts, config, read.frame);
    parts->trims_spaces = read.frame.trims_spaces;
    parts->ends = ends_of(*parts, configs);
    parts->special_tokens = special_tokens_of(*parts, config, configs.legacy_fields());
    parts->chat_templates = chat_templates_of(folder, config);
    parts->sha256 = sha256_of_files(folder, *parts);
    return Tokenizer(std::move(parts));
}

} // namespace lora
