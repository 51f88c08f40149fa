#pragma once
// An adapter is data, apart from the model: paths with their low-rank updates, put onto a model and taken off
// it.

#include "engine/adapters/classifier_head.h"
#include "engine/adapters/trained_tokens.h"
#include "engine/adapters/vera_projection.h"
#include "engine/models/low_rank.h"
#include "engine/models/model.h"
#include "engine/targets/lora_settings.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

struct TargetUpdate {
    std::string path; ///< the linear
    double alpha = 0;
    LowRank update;
};

struct Adapter {
    std::vector<TargetUpdate> targets;       ///< in the model's order
    std::optional<ClassifierHead> head = {}; ///< of a classifier, trained beside the updates
    bool use_rslora = false;                 ///< scale is α/√r instead of α/r
    /// What the updates' A and B follow from, where they are VeRA's; files then hold this instead of them.
    std::optional<VeraProjection> vera = {};
    /// Rows of new or known tokens, trained beside the updates.
    std::optional<TrainedTokens> tokens = {};

    std::int64_t parameters() const; ///< the head's and the tokens' too; of VeRA its vectors alone
    /// Whether the updates are DoRA's: the weights' change is then no scale · B · A.
    bool has_magnitudes() const;
    /// The largest rank and α of the targets; 0 without targets.
    std::int64_t rank() const;
    double alpha() const;
    /// Itself where its tensors are there already, else a copy.
    Adapter on(const at::Device& device) const;
};

/// A new adapter for these paths: A random by `settings.init`, B zero, float32, on the model's device.
/// The same seed gives the same A. Throws Error for a rank below 1 and for paths that the model lacks.
Adapter make_adapter(
    Model& model, const std::vector<std::string>& paths, const LoraSettings& settings, std::uint64_t seed);

/// Throws Error with every path and shape of the adapter that the model does not have.
void check_fit(const Adapter& adapter, Model& model);
/// Puts the adapter onto the model, in place of the one before. Throws Error as check_fit does, before
/// anything is changed. A classifier whose adapter has no head has none then.
void attach(const Adapter& adapter, Model& model);
/// The adapter with its targets in the model's order, in which an optimizer's state is laid out; a file has
/// them in another one. Targets that the model lacks come last.
Adapter in_order_of(Model& model, Adapter adapter);
/// A VeRA adapter's updates at the widths of the model's linears, where its file did not tell them; any other
/// adapter as it is. Throws Error for a linear that the model lacks or that is wider than the projection.
Adapter with_widths_of(Model& model, Adapter adapter);
void detach(Model& model);

} // namespace lora
