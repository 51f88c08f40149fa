#include "engine/checkpoints/experts.h"

#include "engine/checkpoints/dialect.h"

#include <charconv>

namespace lora {

namespace {

constexpr std::string_view gate_up_module = "gate_up_proj", down_module = "down_proj";

std::string spliced(std::string_view before, std::string_view inside, std::string_view after) {
    return std::string(before).append(inside).append(after);
}

} // namespace

std::optional<ExpertPath> expert_path(std::string_view path) {
    const std::size_t last = path.rfind('.');
    if (last == std::string_view::npos || last == 0) return std::nullopt;
    const std::string_view module = path.substr(last + 1);
    const std::size_t before = path.rfind('.', last - 1);
    if (before == std::string_view::npos || (module != gate_up_module && module != down_module))
        return std::nullopt;
    const std::string_view container = path.substr(0, before),
                           digits = path.substr(before + 1, last - before - 1);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (!container.ends_with(".experts") || error != std::errc() || end != digits.data() + digits.size()
        || number < 0)
        return std::nullopt;
    return ExpertPath{std::string(container), number, std::string(module)};
}

std::string peft_parameter(std::string_view path) {
    if (const auto expert = expert_path(path)) return expert->parameter();
    for (const std::string_view router : {".mlp.gate", ".mlp.router", ".block_sparse_moe.router"})
        if (path.ends_with(router)) return std::string(path) + ".weight";
    return {};
}

std::vector<std::vector<ExpertPiece>> expert_pieces(const std::string& name, const Dialect& dialect) {
    using Rows = ExpertPiece::Rows;
    const std::string_view whole = name;
    const std::size_t dot = whole.rfind('.');
    if (dialect.experts == nullptr || dot == std::string_view::npos) return {};
    const auto path = expert_path(whole.substr(0, dot));
    const std::string_view suffix = whole.substr(dot); // ".weight" or ".bias"
    const ExpertDialect& names = *dialect.experts;
    if (!path || !path->container.ends_with(names.container)) return {};
    const std::string block = path->container.substr(0, path->container.size() - names.container.size());
    const std::string own = spliced(block, names.own, "." + std::to_string(path->number) + ".");
    const bool is_gate_up = path->module == gate_up_module, is_weight = suffix == ".weight";
    std::vector<std::vector<ExpertPiece>> ways;
    if (is_gate_up)
        ways.push_back({{spliced(own, names.gate, suffix), Rows::First},
            {spliced(own, names.up, suffix), Rows::Second}});
    else
        ways.push_back({{spliced(own, names.down, suffix), Rows::All}});
    ways.push_back({{path->parameter() + (is_weight ? "" : "_bias"), Rows::All, path->number,
        names.turned && is_weight}});
    if (const std::string_view other = is_gate_up ? names.all_gate_up : names.all_down; !other.empty())
        ways.push_back({{spliced(block, other, suffix), Rows::All, path->number, names.turned && is_weight}});
    return ways;
}

std::string name_of_all(const std::string& name, const Dialect& dialect) {
    if (dialect.experts == nullptr) return name;
    const std::string before = spliced(".", dialect.experts->own, ".");
    const std::size_t at = name.find(before);
    if (at == std::string::npos) return name;
    const std::size_t number = at + before.size(), end = name.find_first_not_of("0123456789", number);
    if (end == number || end == std::string::npos || name[end] != '.') return name;
    return name.substr(0, at) + spliced(".", dialect.experts->container, ".") + name.substr(end + 1);
}

std::string name_of_one(const std::string& name, std::int64_t number, const Dialect& dialect) {
    if (dialect.experts == nullptr) return name;
    const std::string before = spliced(".", dialect.experts->container, ".");
    const std::size_t at = name.find(before);
    if (at == std::string::npos) return name;
    return name.substr(0, at) + spliced(".", dialect.experts->own, ".") + std::to_string(number) + "."
           + name.substr(at + before.size());
}

} // namespace lora
