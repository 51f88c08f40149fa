#pragma once
// The `attribute` of a filter: "function.name" or "0.text", a way from an item to what lies in it.

#include "engine/templates/value.h"

#include <vector>

namespace lora::jinja {

class ItemPath {
public:
    /// None is the item itself. Without `respects_case` a text that is found is made small.
    explicit ItemPath(const Value& path, bool respects_case = true);

    /// What is not there is undefined, or `otherwise` where that is given.
    Value find(Value item, Budget& budget, const Value& otherwise = none()) const;

private:
    std::vector<Value> parts_;
    bool respects_case_;
};

} // namespace lora::jinja
