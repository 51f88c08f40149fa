#include "engine/data/samples.h"

#include "engine/data/order.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace lora {

namespace {

class SamplesInMemory : public SampleStore {
public:
    explicit SamplesInMemory(std::vector<Example> samples) : samples_(std::move(samples)) {}
    std::size_t size() const override { return samples_.size(); }
    Example sample(std::size_t index) const override { return samples_[index]; }
    std::uint64_t key(std::size_t index) const override { return sample_key(samples_[index]); }

private:
    std::vector<Example> samples_;
};

} // namespace

std::uint64_t sample_key(const Example& example) {
    std::uint64_t key = mixed(example.ids.size(), label_key(example));
    for (const TokenId id : example.ids) key = mixed(key, static_cast<std::uint64_t>(id));
    return key;
}

Samples::Samples(std::vector<Example> in_memory)
    : store_(std::make_shared<const SamplesInMemory>(std::move(in_memory))) {}

std::size_t Samples::size() const {
    if (chosen_) return chosen_->size();
    return store_ ? store_->size() : 0;
}

Example Samples::at(std::size_t index) const {
    if (index >= size()) throw std::out_of_range("a sample behind the last one");
    return (*this)[index];
}

Samples Samples::some(std::vector<std::uint32_t> places) const {
    if (chosen_)
        for (std::uint32_t& place : places) place = (*chosen_)[place];
    Samples samples(store_);
    samples.chosen_ = std::make_shared<const std::vector<std::uint32_t>>(std::move(places));
    return samples;
}

Samples Samples::first(std::size_t count) const {
    if (count >= size()) return *this;
    std::vector<std::uint32_t> places(count);
    std::iota(places.begin(), places.end(), std::uint32_t{0});
    return some(std::move(places));
}

bool operator==(const Samples& one, const Samples& other) {
    if (one.size() != other.size()) return false;
    for (std::size_t i = 0; i < one.size(); ++i)
        if (one[i] != other[i]) return false;
    return true;
}

} // namespace lora
