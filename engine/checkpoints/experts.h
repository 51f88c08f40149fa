#pragma once
// The experts of a mixture. In the model each has two linears of its own, CONTAINER.N.gate_up_proj (the
// gate's rows and the rows that it gates) and CONTAINER.N.down_proj, wherever a file keeps their values: in
// tensors of each expert, or in one of all. Source: Hugging Face's transformers (conversion_mapping.py) and
// PEFT (ParamWrapper).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lora {

struct Dialect;

/// How a family's checkpoints name them, inside a block.
struct ExpertDialect {
    std::string_view container = "mlp.experts"; ///< in the model, and in a file with one tensor of all
    std::string_view own = "mlp.experts";       ///< before the number in a file with tensors of each
    std::string_view gate = "gate_proj", up = "up_proj", down = "down_proj"; ///< of each expert
    /// Other names of the tensors of all experts, gate and up in one, and down; empty: none.
    std::string_view all_gate_up = {}, all_down = {};
    /// The tensors of all experts are [experts, in, out]; else [experts, out, in].
    bool turned = false;
};

/// The path of an expert's linear in its parts.
struct ExpertPath {
    std::string container;   ///< "model.layers.0.mlp.experts"
    std::int64_t number = 0; ///< of the expert
    std::string module;      ///< "gate_up_proj" or "down_proj"

    /// What PEFT's target_parameters calls the weights of all experts' linears of this kind.
    std::string parameter() const { return container + "." + module; }
    std::string path_of(std::int64_t expert) const {
        return container + "." + std::to_string(expert) + "." + module;
    }
};
/// None for a linear that is no expert's.
std::optional<ExpertPath> expert_path(std::string_view path);

/// What PEFT's target_parameters calls the weight of a linear that is no module in transformers, but a part
/// of an expert stack or of a router; empty for every other linear.
std::string peft_parameter(std::string_view path);

/// Where some rows of an expert's weight, or values of its bias, lie in a checkpoint.
struct ExpertPiece {
    enum class Rows : std::uint8_t { All, First, Second }; ///< of the linear: all, or a half of them
    std::string tensor;
    Rows rows = Rows::All;
    std::int64_t number = -1; ///< the expert's in a tensor of all; -1: its own
    bool turned = false;      ///< [in, out] there
};
/// The ways in which a checkpoint may hold the weight or bias of this name (CONTAINER.N.down_proj.weight) in
/// the model; each a list of tensors that make it up. Empty for what is no expert's.
std::vector<std::vector<ExpertPiece>> expert_pieces(const std::string& name, const Dialect& dialect);

/// A checkpoint's name of each expert's tensor by one of all: BLOCK.mlp.experts.up_proj.weight, as GGUF has
/// it, from BLOCK.mlp.experts.3.up_proj.weight; any other name as it is.
std::string name_of_all(const std::string& name, const Dialect& dialect);
/// The way back, of an expert by its number.
std::string name_of_one(const std::string& name, std::int64_t number, const Dialect& dialect);

} // namespace lora
