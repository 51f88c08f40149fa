#pragma once
// A model's linears laid out as blocks × modules: where the picker and the heat map find each path.

#include "engine/checkpoints/summary.h"

#include <QString>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace lora {

class LayerGrid {
public:
    struct Module {
        std::string key; ///< the path's part behind the block's number, "self_attn.q_proj"
        QString label;   ///< "q"
    };
    struct Cell {
        int layer = 0; ///< row of layers(), not the block's number
        int module = 0;
        bool operator==(const Cell&) const = default;
    };

    LayerGrid() = default;
    explicit LayerGrid(std::vector<LinearInfo> linears);

    const std::vector<LinearInfo>& linears() const { return linears_; }
    int layers() const { return static_cast<int>(layers_.size()); }
    int modules() const { return static_cast<int>(modules_.size()); }
    /// "12", or "head" for what stands outside the blocks.
    QString layerLabel(int layer) const;
    const Module& module(int module) const { return modules_.at(static_cast<std::size_t>(module)); }
    /// The linear of a cell; null where the model has none.
    const LinearInfo* at(int layer, int module) const;
    /// The cell of a path; {-1, -1} if the model does not have it.
    Cell cellOf(const std::string& path) const;

private:
    std::vector<LinearInfo> linears_;
    std::vector<std::int64_t> layers_; ///< block numbers ascending, -1 (outside the blocks) last
    std::vector<Module> modules_;      ///< in the model's order
    std::map<std::pair<int, int>, std::size_t> cells_;
};

} // namespace lora
