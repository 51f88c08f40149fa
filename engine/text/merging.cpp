#include "engine/text/merging.h"

#include <algorithm>
#include <cstddef>

namespace lora {

namespace {

/// For a heap with the first to merge on top.
bool merges_later(const BpeScratch::Candidate& a, const BpeScratch::Candidate& b) {
    return a.rank != b.rank ? a.rank > b.rank : a.at > b.at;
}

void put_in_a_row(std::vector<BpeScratch::Symbol>& symbols) {
    const auto count = static_cast<std::int64_t>(symbols.size());
    for (std::int64_t i = 0; i < count; ++i) {
        BpeScratch::Symbol& symbol = symbols[static_cast<std::size_t>(i)];
        symbol.previous = i - 1;
        symbol.next = i + 1 < count ? i + 1 : -1;
    }
}

void consider(std::int64_t at, const PairMap& merges, BpeScratch& scratch) {
    if (at < 0) {
        return;
    }
    const BpeScratch::Symbol& left = scratch.symbols[static_cast<std::size_t>(at)];
    if (left.next < 0) {
        return;
    }
    const BpeScratch::Symbol& right = scratch.symbols[static_cast<std::size_t>(left.next)];
    if (const Merge* merge = merges.find(left.id, right.id)) {
        scratch.heap.push_back({merge->rank, merge->merged, at});
        std::push_heap(scratch.heap.begin(), scratch.heap.end(), merges_later);
    }
}

} // namespace

void merge_symbols(const PairMap& merges, BpeScratch& scratch) {
    auto& symbols = scratch.symbols;
    auto& heap = scratch.heap;
    put_in_a_row(symbols);
    heap.clear();
    for (std::size_t at = 0; at + 1 < symbols.size(); ++at) {
        if (const Merge* merge = merges.find(symbols[at].id, symbols[at + 1].id)) {
            heap.push_back({merge->rank, merge->merged, static_cast<std::int64_t>(at)});
        }
    }
    std::make_heap(heap.begin(), heap.end(), merges_later);
    while (!heap.empty()) {
        const BpeScratch::Candidate candidate = heap.front();
        std::pop_heap(heap.begin(), heap.end(), merges_later);
        heap.pop_back();
        BpeScratch::Symbol& left = symbols[static_cast<std::size_t>(candidate.at)];
        if (left.id == BpeScratch::gone || left.next < 0) {
            continue;
        }
        BpeScratch::Symbol& right = symbols[static_cast<std::size_t>(left.next)];
        const Merge* merge = merges.find(left.id, right.id);
        if (merge == nullptr || merge->merged != candidate.merged) {
            continue; // one of the two has merged since
        }
        left.id = candidate.merged;
        right.id = BpeScratch::gone;
        left.next = right.next;
        if (left.next >= 0) {
            symbols[static_cast<std::size_t>(left.next)].previous = candidate.at;
        }
        consider(left.previous, merges, scratch);
        consider(candidate.at, merges, scratch);
    }
}

} // namespace lora
