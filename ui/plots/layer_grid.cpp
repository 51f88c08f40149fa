#include "ui/plots/layer_grid.h"

#include <algorithm>
#include <set>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

std::string keyOf(const LinearInfo& linear) {
    const std::string number = "." + std::to_string(linear.layer) + ".";
    const std::size_t at = linear.path.find(number);
    return linear.layer < 0 || at == std::string::npos ? linear.path : linear.path.substr(at + number.size());
}

QString labelOf(const LinearInfo& linear) {
    QString label = QString::fromStdString(linear.module);
    if (label.endsWith("_proj"_L1)) label.chop(5);
    return label;
}

} // namespace

LayerGrid::LayerGrid(std::vector<LinearInfo> linears) : linears_(std::move(linears)) {
    std::set<std::int64_t> numbers;
    for (const LinearInfo& linear : linears_) numbers.insert(linear.layer);
    layers_.assign(numbers.begin(), numbers.end());
    if (!layers_.empty() && layers_.front() < 0)
        std::rotate(layers_.begin(), layers_.begin() + 1, layers_.end());

    for (std::size_t index = 0; index < linears_.size(); ++index) {
        const LinearInfo& linear = linears_[index];
        const std::string key = keyOf(linear);
        auto module = std::find_if(
            modules_.begin(), modules_.end(), [&](const Module& each) { return each.key == key; });
        if (module == modules_.end()) module = modules_.insert(module, {key, labelOf(linear)});
        const auto layer = std::find(layers_.begin(), layers_.end(), linear.layer);
        cells_[{static_cast<int>(layer - layers_.begin()), static_cast<int>(module - modules_.begin())}] =
            index;
    }
    // Two modules of one name are told apart by what stands before it.
    std::map<QString, int> uses;
    for (const Module& each : modules_) ++uses[each.label];
    for (Module& each : modules_)
        if (uses[each.label] > 1) each.label = QString::fromStdString(each.key);
}

QString LayerGrid::layerLabel(int layer) const {
    const std::int64_t number = layers_.at(static_cast<std::size_t>(layer));
    return number < 0 ? u"head"_s : QString::number(number);
}

const LinearInfo* LayerGrid::at(int layer, int module) const {
    const auto found = cells_.find({layer, module});
    return found == cells_.end() ? nullptr : &linears_[found->second];
}

LayerGrid::Cell LayerGrid::cellOf(const std::string& path) const {
    for (const auto& [cell, index] : cells_)
        if (linears_[index].path == path) return {cell.first, cell.second};
    return {-1, -1};
}

} // namespace lora
