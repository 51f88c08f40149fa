#pragma once
// How a family of models names things in Hugging Face's checkpoints and in GGUF files. Each architecture
// gives its own as one value (engine/architectures); whoever reads or writes files asks it.

#include "engine/checkpoints/experts.h"
#include "engine/files/gguf.h"
#include "engine/files/gguf_write.h"
#include "engine/files/json.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lora {

/// The same beginning of names in a checkpoint and in GGUF.
struct NamePair {
    std::string_view checkpoint, gguf;
};

/// The same value in GGUF, under a key behind the architecture's name, and in a field of config.json.
struct FieldPair {
    enum class Kind { Integer, Number, Flag };
    const char *key, *field;
    Kind kind = Kind::Number;
    bool is_needed = false; ///< in GGUF
};

/// Tensors of a GGUF file that divide rotary frequencies.
enum class RopeFactors {
    None,
    One,      ///< rope_freqs.weight, in the place of llama3's scaling
    ByLength, ///< rope_factors_short.weight and rope_factors_long.weight, longrope's
};

/// What a GGUF file says otherwise than a checkpoint.
struct GgufDialect {
    std::string_view architecture = {};     ///< general.architecture; empty: llama.cpp knows none of these
    std::span<const NamePair> outside = {}; ///< names outside the blocks
    std::span<const NamePair> inside = {};  ///< names inside a block, after its number
    bool interleaves_rows = false;          ///< a head's two rotary halves lie row by row in q and k
    /// Queries, keys and values lie apart in attn_qkv's rows, in a checkpoint head group by head group
    /// (engine/models/grouped_rows.h).
    bool parts_groups = false;
    bool has_rotary = true;   ///< else its files say nothing of rotary positions
    float added_to_norms = 0; ///< by the converter, to the weights of norms
    /// Fields of config.json that follow from a file otherwise than by a key for each; null: none.
    void (*add_fields)(Json& config, const GgufFile& file) = nullptr;
    /// The keys for which add_fields looks; null: none.
    void (*add_keys)(GgufFields& metadata, const Json& config) = nullptr;
    std::span<const FieldPair> fields = {}; ///< beside those of all (gguf_config)
    bool has_windows = false;               ///< llama.cpp reads a sliding window's length
    RopeFactors rope_factors = RopeFactors::None;
};

/// Other endings of the same tensors' names, as older programs wrote them.
struct OldEnding {
    std::string_view now, before;
};

/// Another beginning of them.
struct OldBeginning {
    std::string_view now, before;
};

struct Dialect {
    std::string_view base = "model.";          ///< before the names of a checkpoint; a bare model's lack it
    std::string_view blocks = "model.layers."; ///< before a block's number
    std::string_view embedding = "model.embed_tokens.weight";
    std::string_view head = "lm_head";    ///< may be tied to the embedding
    std::string_view norm = "model.norm"; ///< the last, outside the blocks
    std::string_view classifier = {};     ///< before the names of a classifier's head; empty: takes none
    std::string_view model_class = {};    ///< `architectures` in config.json; with a classifier, if any
    std::span<const OldEnding> old_endings = {};
    bool transposed = false; ///< a checkpoint has the blocks' matrices as [in, out] (PEFT's fan_in_fan_out)
    /// Adds the fields that other families' config.json has to one with words of its own; null: it has none.
    void (*add_usual_fields)(Json& config) = nullptr;
    GgufDialect gguf = {};
    /// Before the names of the text model in a checkpoint that has other parts too, such as one for pictures,
    /// which are left out; empty: it has none.
    std::string_view text_part = {};
    std::span<const OldBeginning> old_beginnings = {};
    const ExpertDialect* experts = nullptr; ///< null: the family's blocks have none
};

/// Other names under which a checkpoint's tensor may stand in a file of safetensors, in the order to look for
/// them: without the base's prefix, with old endings, with old beginnings.
std::vector<std::string> other_names(const std::string& name, const Dialect& dialect);

/// Whether a checkpoint's tensor of this name belongs to another part than the text model.
bool is_of_other_part(std::string_view name, const Dialect& dialect);

/// Whether a matrix of this name in a checkpoint lies there as [in, out].
bool is_transposed(std::string_view name, const Dialect& dialect);

} // namespace lora
