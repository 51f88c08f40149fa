#pragma once
// LibTorch's memory on the CPU, of which no more is given than a test allows.

#include <algorithm>
#include <limits>
#include <new>

#include <c10/core/CPUAllocator.h>

class ScarceAllocator : public c10::Allocator {
public:
    static constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

    /// Tensors get their memory here from the first call on, to the end of the process.
    static ScarceAllocator& instance() {
        static auto* const one = new ScarceAllocator;
        return *one;
    }
    ScarceAllocator(const ScarceAllocator&) = delete;
    ScarceAllocator& operator=(const ScarceAllocator&) = delete;

    /// The most bytes that tensors may take together beyond those that they take now.
    void allow(std::size_t bytes) { limit_ = bytes == no_limit ? no_limit : in_use_ + bytes; }
    /// The most that they took at once since the last forget_peak(), beyond what they took then.
    std::size_t peak() const { return peak_ - before_; }
    void forget_peak() { peak_ = before_ = in_use_; }
    /// What is thrown: std::bad_alloc, or torch's own.
    void throw_bad_alloc(bool does) { throws_bad_alloc_ = does; }

    c10::DataPtr allocate(std::size_t size) override {
        if (size > limit_ || in_use_ > limit_ - size) refuse(size);
        in_use_ += size;
        peak_ = std::max(peak_, in_use_);
        auto* const piece = new Piece{usual_->allocate(size), size, this};
        return {piece->memory.get(), piece, &give_back, piece->memory.device()};
    }
    void copy_data(void* to, const void* from, std::size_t size) const override {
        default_copy_data(to, from, size);
    }

private:
    struct Piece {
        c10::DataPtr memory;
        std::size_t size;
        ScarceAllocator* owner;
    };

    ScarceAllocator() : usual_(c10::GetCPUAllocator()) { c10::SetCPUAllocator(this, /*priority=*/1); }

    void refuse(std::size_t size) const {
        if (throws_bad_alloc_) throw std::bad_alloc();
        TORCH_CHECK(
            false, "DefaultCPUAllocator: can't allocate memory: you tried to allocate ", size, " bytes.");
    }
    static void give_back(void* given) {
        auto* const piece = static_cast<Piece*>(given);
        piece->owner->in_use_ -= piece->size;
        delete piece;
    }

    c10::Allocator* usual_;
    std::size_t limit_ = no_limit;
    std::size_t in_use_ = 0;
    std::size_t before_ = 0;
    std::size_t peak_ = 0;
    bool throws_bad_alloc_ = false;
};
