#include "engine/data/order.h"

#include <numeric>
#include <utility>

namespace lora {

namespace {

constexpr std::uint64_t golden = 0x9e3779b97f4a7c15;

std::uint64_t finalized(std::uint64_t bits) {
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
    return bits ^ (bits >> 31);
}

} // namespace

std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
    return finalized(finalized(a + golden) + b * golden + golden);
}

std::vector<std::uint32_t> permutation(std::size_t count, std::uint64_t seed, std::uint64_t epoch) {
    std::vector<std::uint32_t> order(count);
    std::iota(order.begin(), order.end(), std::uint32_t{0});
    std::uint64_t state = mixed(seed, epoch);
    for (std::size_t left = count; left > 1; --left) {
        state += golden;
        std::swap(order[left - 1], order[finalized(state) % left]);
    }
    return order;
}

} // namespace lora
