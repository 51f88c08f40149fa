#pragma once
// What a template computes with: Python's values as far as a template sees them. Lists and dictionaries never
// change once they are made, as in transformers' sandbox; only namespaces do.

#include "engine/templates/budget.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace lora::jinja {

class Dict;
class Loop;
struct MacroValue;
struct Method;
struct Namespace;
struct Sequence;

/// What is not there: false, empty when printed, and an error for whoever looks into it. `why` says so.
struct Undefined {
    std::shared_ptr<const std::string> why;
};
struct None {};
/// `markup` is text that `safe` or `escape` made: what is added to it by + is escaped.
struct Text {
    std::shared_ptr<const std::string> bytes;
    bool markup = false;
};
/// What a template may call without having made it.
enum class Function { Range, MakeDict, MakeNamespace, RaiseException, StrftimeNow };

using SequencePtr = std::shared_ptr<const Sequence>;
using DictPtr = std::shared_ptr<const Dict>;
using NamespacePtr = std::shared_ptr<Namespace>;
using LoopPtr = std::shared_ptr<Loop>;
using MacroPtr = std::shared_ptr<const MacroValue>;
using MethodPtr = std::shared_ptr<const Method>;

struct Value {
    std::variant<Undefined, None, bool, std::int64_t, double, Text, SequencePtr, DictPtr, NamespacePtr,
        LoopPtr, MacroPtr, MethodPtr, Function>
        held;

    template <class Kind>
    const Kind* as() const {
        return std::get_if<Kind>(&held);
    }
    template <class Kind>
    bool is() const {
        return std::holds_alternative<Kind>(held);
    }
    /// The text's bytes, or null.
    const std::string* text() const {
        const Text* found = as<Text>();
        return found == nullptr ? nullptr : found->bytes.get();
    }
};

Value none();
Value boolean(bool value);
Value integer(std::int64_t value);
Value real(double value);
Value text(std::string bytes, bool markup = false);
Value undefined(std::string why);

/// What can be walked through once or often. A generator (what map, select and their like give) is gone once
/// it has been walked through; it is never false and has no length.
struct Sequence {
    enum class Kind { List, Tuple, Generator, Keys, Values, Items, Range };
    Kind kind = Kind::List;
    std::vector<Value> items;
    std::size_t depth = 1;         ///< how deep lists and dictionaries lie in each other
    mutable std::size_t taken = 0; ///< of a generator

    bool indexed() const { return kind == Kind::List || kind == Kind::Tuple || kind == Kind::Range; }
};

/// Throws Refusal for what lies too deep.
Value sequence(std::vector<Value> items, Sequence::Kind kind = Sequence::Kind::List);
Value pair(Value first, Value second);

/// Keys keep the order in which they came.
class Dict {
public:
    using Entry = std::pair<Value, Value>;

    /// Throws Refusal for a key that Python could not hash, and for what lies too deep.
    void set(Value key, Value value, Budget& budget);
    const Value* find(const Value& key, Budget& budget) const;
    const Value* find(std::string_view key) const;
    const std::vector<Entry>& entries() const { return entries_; }
    std::size_t depth() const { return depth_; }

private:
    std::vector<Entry> entries_;
    std::unordered_map<std::string, std::size_t> index_; // by what makes keys equal
    std::size_t depth_ = 1;
};

Value dict(Dict entries);

struct Namespace {
    std::unordered_map<std::string, Value> attributes;
};

/// A built-in method with the value that it was taken from.
struct Method {
    Value self;
    std::string name;
    std::size_t depth = 1;
};

Value method(Value self, std::string name);

bool is_undefined(const Value& value);
bool is_number(const Value& value); ///< a boolean is one
/// The number as a whole one, a boolean as 0 or 1; null for all else.
std::optional<std::int64_t> whole(const Value& value);
std::optional<double> real_of(const Value& value);
bool truth(const Value& value);
std::size_t depth_of(const Value& value);
/// `depth` where it is allowed. Throws Refusal.
std::size_t checked_depth(std::size_t depth);
/// The name of its type in Python, for messages.
std::string_view type_name(const Value& value);

} // namespace lora::jinja
