#include "engine/blocks/layer_inputs.h"

#include <cmath>
#include <numbers>

#include <ATen/ATen.h>

namespace lora {

namespace {

constexpr const char* table_name = "embed_tokens_per_layer.weight";
constexpr const char* projection_name = "per_layer_model_projection";

} // namespace

LayerInputs::LayerInputs(const Place& place, const Sizes& sizes, const NormSettings& norm)
    : sizes_(sizes), table_path_(place.path_of(table_name)), projection_path_(place.path_of(projection_name)),
      table_(place.weights.matrix(table_name, {sizes.vocabulary, sizes.layers * sizes.size})),
      projection_(place.weights.linear(projection_name, sizes.width, sizes.layers * sizes.size)),
      norm_(place, "per_layer_projection_norm", sizes.size, norm) {}

std::vector<at::Tensor> LayerInputs::of(const at::Tensor& x, const at::Tensor& ids, const Pass& pass) const {
    const double width = static_cast<double>(sizes_.width), size = static_cast<double>(sizes_.size);
    const at::Tensor rows = table_.at(ids);
    const at::Tensor own = rows * at::full({}, std::sqrt(size), rows.options()); // rounded, as x's is
    const at::Tensor made = norm_.plain(projection_.forward(x, pass) * (1 / std::sqrt(width)));
    const at::Tensor all = (made + own) * (1 / std::numbers::sqrt2);
    return all.unflatten(1, {sizes_.layers, sizes_.size}).unbind(1);
}

void LayerInputs::name_linears(std::vector<NamedLinear>& all) {
    all.push_back({projection_path_, -1, &projection_});
}

void LayerInputs::name_parameters(std::vector<NamedParameter>& all) {
    all.push_back(named_weight(table_path_, -1, table_));
    norm_.name_parameters(all);
}

std::string LayerInputs::trait() const {
    return std::to_string(sizes_.size) + " of each token, " + norm_.trait();
}

} // namespace lora
