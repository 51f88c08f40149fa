#include "engine/templates/loop.h"

#include "engine/templates/operators.h"

#include <algorithm>

namespace lora::jinja {

Loop::Loop(std::vector<Value> items, Keep keep) : items_(std::move(items)), keep_(std::move(keep)) {
    for (const Value& item : items_) depth_ = std::max(depth_, depth_of(item));
    depth_ = checked_depth(depth_ + 1);
}

const Value* Loop::peek() {
    while (!after_ && next_ < items_.size()) {
        const Value& candidate = items_[next_++];
        if (!keep_ || keep_(candidate)) after_ = candidate;
    }
    return after_ ? &*after_ : nullptr;
}

bool Loop::advance() {
    if (peek() == nullptr) return false;
    before_ = std::move(current_);
    current_ = std::move(*after_);
    after_.reset();
    ++passed_;
    return true;
}

std::size_t Loop::length() {
    if (keep_) {
        std::vector<Value> rest;
        for (; next_ < items_.size(); ++next_)
            if (keep_(items_[next_])) rest.push_back(items_[next_]);
        items_ = std::move(rest);
        next_ = 0;
        keep_ = nullptr;
    }
    return passed_ + (after_ ? 1 : 0) + items_.size() - next_;
}

std::optional<Value> Loop::attribute(std::string_view name) {
    const auto number = [](std::size_t value) { return integer(static_cast<std::int64_t>(value)); };
    if (name == "index") return number(passed_);
    if (name == "index0") return number(passed_ - 1);
    if (name == "first") return boolean(passed_ == 1);
    if (name == "last") return boolean(peek() == nullptr);
    if (name == "length") return number(length());
    if (name == "revindex") return number(length() - passed_ + 1);
    if (name == "revindex0") return number(length() - passed_);
    if (name == "depth") return number(1);
    if (name == "depth0") return number(0);
    if (name == "previtem") return passed_ > 1 ? before_ : undefined("there is no previous item");
    if (name != "nextitem") return {};
    const Value* following = peek();
    return following != nullptr ? *following : undefined("there is no next item");
}

bool Loop::changed(std::vector<Value> values, Budget& budget) {
    const auto same = [&](const Value& left, const Value& right) { return equal(left, right, budget); };
    const bool as_before =
        changed_ && std::equal(changed_->begin(), changed_->end(), values.begin(), values.end(), same);
    if (as_before) return false;
    for (const Value& value : values) depth_ = checked_depth(std::max(depth_, depth_of(value) + 1));
    changed_ = std::move(values);
    return true;
}

} // namespace lora::jinja
