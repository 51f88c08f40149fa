#include "engine/checkpoints/gguf_rope.h"

#include "engine/error.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace lora {

namespace {

constexpr std::int64_t most_positions = std::int64_t{1} << 24;
constexpr const char* original_length = "original_max_position_embeddings";

Json rope_scaling_of(const GgufFile& file, const std::string& at, const std::string& kind) {
    Json fields{{"rope_type", kind}, {"factor", file.number(at + "factor")}};
    const std::string original = at + "original_context_length";
    if (file.metadata(original) != nullptr)
        fields[original_length] = file.integer(original, 1, most_positions);
    for (const char* field : {"beta_fast", "beta_slow"}) {
        const std::string key = at + "yarn_" + field;
        if (file.metadata(key) != nullptr) fields[field] = file.number(key);
    }
    return fields;
}

/// What config.json says of rotary positions, in whichever spelling: its own object's words come before those
/// outside it.
class Rope {
public:
    explicit Rope(const JsonFields& config) : config_(config), scaling_(object(config)) {}

    bool has(const char* key) const { return scaling_.has(key) || config_.has(key); }
    double number(const char* key) const { return (scaling_.has(key) ? scaling_ : config_).number(key); }
    double number_or(const char* key, double otherwise) const { return has(key) ? number(key) : otherwise; }
    const JsonFields& scaling() const { return scaling_; }
    std::string kind() const {
        const std::string kind = scaling_.string_or("rope_type", scaling_.string_or("type", "default"));
        const bool by_length = scaling_.has("short_factor") && scaling_.has("long_factor");
        return kind == "su" || (kind == "yarn" && by_length) ? "longrope" : kind;
    }
    /// Of the context that the scaling starts from.
    std::int64_t original() const {
        for (const JsonFields& fields : {config_, scaling_})
            if (fields.has(original_length)) return fields.integer(original_length, 1, most_positions);
        return config_.integer("max_position_embeddings", 1, most_positions);
    }
    double factor() const {
        return scaling_.has("factor")
                   ? scaling_.number("factor")
                   : config_.number("max_position_embeddings") / static_cast<double>(original());
    }

private:
    static JsonFields object(const JsonFields& config) {
        static const Json none = Json::object();
        for (const char* key : {"rope_parameters", "rope_scaling"})
            if (config.has(key)) {
                const JsonFields all = config.object(key);
                return all.has("full_attention") ? all.object("full_attention") : all;
            }
        return {none, config.where()};
    }

    const JsonFields& config_;
    JsonFields scaling_;
};

/// Llama 3's scaling as divisors: long waves by the factor, short ones by 1, those between by a blend.
std::vector<float> llama3_factors(const Rope& rope, double theta, std::int64_t turned) {
    const double factor = rope.factor(), context = rope.scaling().number(original_length),
                 low = rope.scaling().number("low_freq_factor"),
                 high = rope.scaling().number("high_freq_factor");
    std::vector<float> factors;
    for (std::int64_t i = 0; i < turned; i += 2) {
        const double frequency = std::pow(theta, -static_cast<double>(i) / static_cast<double>(turned));
        const double turns = context * frequency / (2 * std::numbers::pi);
        const double blend = std::clamp((turns - low) / (high - low), 0.0, 1.0);
        factors.push_back(static_cast<float>(1 / ((1 - blend) / factor + blend)));
    }
    return factors;
}

std::vector<float> listed(const JsonFields& scaling, const char* key) {
    const Json* const list = scaling.find(key);
    if (list == nullptr || !list->is_array()
        || !std::all_of(list->begin(), list->end(), [](const Json& one) { return one.is_number(); }))
        fail(scaling.where() + ": " + key, "no list of numbers", "one number for each pair of a head");
    return list->get<std::vector<float>>();
}

void write_longrope(GgufConfig& gguf, const Rope& rope, const std::string& at) {
    gguf.tensors.push_back({"rope_factors_long.weight", listed(rope.scaling(), "long_factor")});
    gguf.tensors.push_back({"rope_factors_short.weight", listed(rope.scaling(), "short_factor")});
    const double factor = rope.factor(), original = static_cast<double>(rope.original());
    const double usual = factor <= 1 ? 1 : std::sqrt(1 + std::log(factor) / std::log(original));
    gguf.metadata.emplace_back(
        at + "scaling.original_context_length", static_cast<std::uint32_t>(rope.original()));
    gguf.metadata.emplace_back(
        at + "scaling.attn_factor", static_cast<float>(rope.scaling().number_or("attention_factor", usual)));
}

void write_scaling(GgufConfig& gguf, const Rope& rope, const std::string& kind, const std::string& at) {
    gguf.metadata.emplace_back(at + "scaling.type", kind);
    gguf.metadata.emplace_back(at + "scaling.factor", static_cast<float>(rope.factor()));
    if (kind != "yarn") return;
    gguf.metadata.emplace_back(
        at + "scaling.original_context_length", static_cast<std::uint32_t>(rope.original()));
    for (const char* field : {"beta_fast", "beta_slow"})
        if (rope.scaling().has(field))
            gguf.metadata.emplace_back(
                at + "scaling.yarn_" + field, static_cast<float>(rope.scaling().number(field)));
}

} // namespace

void read_gguf_rope(Json& config, const GgufFile& file, const std::string& at) {
    // Where the file does not tell how much of a head turns, all of it does.
    const std::string dimensions = at + "rope.dimension_count";
    const std::int64_t share =
        config.at("hidden_size").get<std::int64_t>() / config.at("num_attention_heads").get<std::int64_t>();
    const std::int64_t told = file.integer_or(dimensions, share, 1, most_positions);
    const std::int64_t size =
        file.integer_or(at + "attention.key_length", std::max(told, share), 1, most_positions);
    const std::int64_t turned = file.integer_or(dimensions, size, 1, most_positions);
    config["head_dim"] = size;
    if (turned != size)
        config["partial_rotary_factor"] = static_cast<double>(turned) / static_cast<double>(size);
    config["rope_theta"] = file.number_or(at + "rope.freq_base", 10000);
    const std::string scaling = file.string_or(at + "rope.scaling.type", "none");
    if (scaling != "none") config["rope_scaling"] = rope_scaling_of(file, at + "rope.scaling.", scaling);
}

void write_gguf_rope(GgufConfig& gguf, const JsonFields& config, const Dialect& dialect) {
    if (!dialect.gguf.has_rotary) return;
    const std::string at = std::string(dialect.gguf.architecture) + ".rope.";
    const Rope rope(config);
    const std::int64_t heads = config.integer("num_attention_heads", 1, most_positions);
    const std::int64_t share = config.integer("hidden_size", 1, most_positions) / heads;
    const auto size = static_cast<double>(config.integer_or("head_dim", share, 1, most_positions));
    const double part = rope.number_or("partial_rotary_factor", config.number_or("rotary_pct", 1));
    const auto turned = static_cast<std::int64_t>(size * part);
    const double theta = rope.number_or("rope_theta", config.number_or("rotary_emb_base", 10000));
    gguf.metadata.emplace_back(at + "dimension_count", static_cast<std::uint32_t>(turned));
    gguf.metadata.emplace_back(at + "freq_base", static_cast<float>(theta));

    const std::string kind = rope.kind();
    const RopeFactors known = dialect.gguf.rope_factors;
    if (kind == "default") return;
    if (kind == "linear" || kind == "yarn") return write_scaling(gguf, rope, kind, at);
    if (kind == "llama3" && known == RopeFactors::One) {
        gguf.tensors.push_back({"rope_freqs.weight", llama3_factors(rope, theta, turned)});
        return;
    }
    if (kind == "longrope" && known == RopeFactors::ByLength) return write_longrope(gguf, rope, at);
    fail(rope.scaling().where() + ": rope_type", "'" + shown(kind) + "'",
        "a scaling of rotary positions that llama.cpp knows for " + std::string(dialect.gguf.architecture),
        "write a Hugging Face folder instead");
}

} // namespace lora
