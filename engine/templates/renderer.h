#pragma once
// Renders the statements of a template.

#include "engine/templates/evaluator.h"

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

namespace lora::jinja {

/// A range of bytes of the output.
struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
};

class Renderer {
public:
    using ScopePtr = Evaluator::ScopePtr;

    Renderer(const Source& source, Surroundings around);

    /// What is written while a loop is at one of these is kept track of.
    void follow(const std::vector<Value>& items);

    /// Throws Error.
    void render(const Body& body, const ScopePtr& scope);

    std::string take_output() { return std::move(output_); }
    const std::vector<Span>& generations() const { return generations_; }
    /// For each of the items that are followed, every range that a loop wrote while it was at it, none empty.
    const std::vector<std::vector<Span>>& followed() const { return followed_; }
    /// The place of a generation block whose text did not go straight to the output; empty where there is
    /// none.
    const std::string& untracked() const { return untracked_; }

private:
    enum class Flow { Goes, Breaks, Continues };
    struct Forms;

    Flow run(const Body& body, const ScopePtr& scope);
    Flow run(const Statement& statement, const ScopePtr& scope);
    Flow loop(const For& loop, const ScopePtr& scope, std::size_t offset);
    void generation(const Generation& block, const ScopePtr& scope, std::size_t offset);
    std::string capture(const Body& body, const ScopePtr& scope);
    void track(const Value& item, std::size_t begin);
    Value macro(std::shared_ptr<const MacroDefinition> definition, const ScopePtr& scope);
    void write(std::string_view text);

    const Source& source_;
    Evaluator evaluator_;
    std::string output_;
    std::size_t captures_ = 0; ///< how many blocks deep text is kept apart
    std::vector<Span> generations_;
    std::string untracked_;
    std::unordered_map<const Dict*, std::size_t> places_; ///< of the followed items, in followed_
    std::vector<std::vector<Span>> followed_;
};

} // namespace lora::jinja
