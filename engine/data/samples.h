#pragma once
// The samples of a dataset in the file's order, wherever they lie: in memory, or in a mapped file.

#include "engine/data/example.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace lora {

/// 64 bits by which a sample's ids and label are told from another's, whatever of them is learned.
std::uint64_t sample_key(const Example& example);

/// Where samples lie. It never changes.
class SampleStore {
public:
    SampleStore() = default;
    SampleStore(const SampleStore&) = delete;
    SampleStore& operator=(const SampleStore&) = delete;
    virtual ~SampleStore() = default;

    virtual std::size_t size() const = 0;
    /// `index` < size(). Throws Error where it lies in a file that is damaged.
    virtual Example sample(std::size_t index) const = 0;
    /// Its sample_key().
    virtual std::uint64_t key(std::size_t index) const = 0;
};

/// All samples of a store or some of them. It never changes, and is cheap to copy.
class Samples {
public:
    Samples() = default;
    explicit Samples(std::vector<Example> in_memory);
    explicit Samples(std::shared_ptr<const SampleStore> store) : store_(std::move(store)) {}

    std::size_t size() const;
    bool empty() const { return size() == 0; }
    /// `index` < size(). Throws as SampleStore::sample().
    Example operator[](std::size_t index) const { return store_->sample(place(index)); }
    /// The same; throws std::out_of_range for an index that is too large.
    Example at(std::size_t index) const;
    std::uint64_t key(std::size_t index) const { return store_->key(place(index)); }

    /// Those at these places, each below size().
    Samples some(std::vector<std::uint32_t> places) const;
    /// The first ones, so many or all.
    Samples first(std::size_t count) const;

    /// Reads the samples one after the other.
    class Iterator {
    public:
        Iterator(const Samples& samples, std::size_t index) : samples_(&samples), index_(index) {}
        Example operator*() const { return (*samples_)[index_]; }
        Iterator& operator++() {
            ++index_;
            return *this;
        }
        bool operator==(const Iterator& other) const { return index_ == other.index_; }

    private:
        const Samples* samples_;
        std::size_t index_;
    };
    Iterator begin() const { return {*this, 0}; }
    Iterator end() const { return {*this, size()}; }

private:
    std::size_t place(std::size_t index) const { return chosen_ ? (*chosen_)[index] : index; }

    std::shared_ptr<const SampleStore> store_;                 ///< null: there are none
    std::shared_ptr<const std::vector<std::uint32_t>> chosen_; ///< null: all
};

bool operator==(const Samples& one, const Samples& other);

} // namespace lora
