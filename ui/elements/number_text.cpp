#include "ui/elements/number_text.h"

#include "engine/run_settings/setting.h"
#include "ui/elements/words.h"

#include <QRegularExpression>
#include <charconv>
#include <cmath>
#include <optional>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

template <class T>
std::optional<T> wholeText(const QString& text) {
    const std::string digits = text.toStdString();
    T value{};
    const char* end = digits.data() + digits.size();
    const auto [rest, fault] = std::from_chars(digits.data(), end, value);
    if (fault != std::errc() || rest != end) return std::nullopt;
    return value;
}

/// A number times a power of ten, as exactly as if its digits had been typed so.
double timesTenTo(double value, int power) {
    char digits[40];
    auto end = std::to_chars(std::begin(digits), std::end(digits), value, std::chars_format::scientific).ptr;
    const std::string text(digits, end);
    const std::size_t exponent = text.find('e');
    if (exponent == std::string::npos) return value;
    const std::string moved =
        text.substr(0, exponent + 1) + std::to_string(std::stoi(text.substr(exponent + 1)) + power);
    std::from_chars(moved.data(), moved.data() + moved.size(), value);
    return value;
}

/// Adds and multiplies as arithmetic does; no value where the text is no expression.
class Expression {
public:
    explicit Expression(const QString& text) : text_(text) {}

    std::optional<double> value() {
        const std::optional<double> read = sum();
        return at_ == text_.size() && read && std::isfinite(*read) ? read : std::nullopt;
    }

private:
    bool take(QChar sign) {
        const bool there = at_ < text_.size() && text_[at_] == sign;
        at_ += there ? 1 : 0;
        return there;
    }

    std::optional<double> sum() {
        std::optional<double> left = product();
        while (left) {
            const bool plus = take(u'+');
            if (!plus && !take(u'-')) break;
            const std::optional<double> right = product();
            left = right ? std::optional(plus ? *left + *right : *left - *right) : std::nullopt;
        }
        return left;
    }

    std::optional<double> product() {
        std::optional<double> left = signedNumber();
        while (left) {
            const bool times = take(u'*') || take(u'×');
            if (!times && !take(u'/')) break;
            const std::optional<double> right = signedNumber();
            left = right ? std::optional(times ? *left * *right : *left / *right) : std::nullopt;
        }
        return left;
    }

    // Text can be pasted, and each bracket or sign in front of another one takes some of the stack.
    std::optional<double> signedNumber() {
        constexpr int deepest = 100;
        if (depth_ == deepest) return std::nullopt;
        ++depth_;
        const std::optional<double> value = signedOrInner();
        --depth_;
        return value;
    }

    std::optional<double> signedOrInner() {
        if (take(u'-') || take(u'−')) {
            const std::optional<double> value = signedNumber();
            return value ? std::optional(-*value) : value;
        }
        take(u'+');
        if (!take(u'(')) return number();
        const std::optional<double> inner = sum();
        return take(u')') ? inner : std::nullopt;
    }

    std::optional<double> number() {
        static const QRegularExpression literal(u"\\G(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][-+]?[0-9]+)?"_s);
        const QRegularExpressionMatch found = literal.match(text_, at_);
        if (!found.hasMatch()) return std::nullopt;
        at_ += found.capturedLength();
        std::string digits = found.captured().replace(u',', u'.').toStdString();
        if (digits.front() == '.') digits.insert(0, "0");
        double value = 0;
        const auto [rest, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (fault != std::errc()) return std::nullopt;
        if (take(u'k')) return 1e3 * value;
        return take(u'M') ? 1e6 * value : value;
    }

    QString text_;
    qsizetype at_ = 0;
    int depth_ = 0;
};

/// Without blanks and without the unit.
QString bare(QString text, const QString& unit) {
    text = text.simplified().remove(u' ');
    if (!unit.isEmpty() && text.endsWith(unit, Qt::CaseInsensitive)) text.chop(unit.size());
    return text;
}

/// "1,000" and "1.000" are a thousand to some and one to others.
bool isAmbiguous(const QString& text, bool whole) {
    static const QRegularExpression comma(u"(?<![0-9.,])[1-9][0-9]{0,2}(?:,[0-9]{3})+(?![0-9])"_s);
    static const QRegularExpression point(u"(?<![0-9.,])[1-9][0-9]{0,2}(?:\\.[0-9]{3})+(?![0-9])"_s);
    return comma.match(text).hasMatch() || (whole && point.match(text).hasMatch());
}

NumberReading wholeReading(double value, const QString& text) {
    constexpr double exact = 9007199254740992; // 2^53
    if (value != std::trunc(value) || std::abs(value) > exact)
        return {{}, tr("“%1” is no whole number.").arg(text)};
    return {static_cast<std::int64_t>(value), {}};
}

} // namespace

NumberReading readNumber(const QString& text, const NumberForm& form) {
    const QString digits = bare(text, form.unit);
    if (digits.isEmpty()) return {{}, tr("A number is missing.")};
    if (form.whole) {
        if (const auto value = wholeText<std::int64_t>(digits)) return {*value, {}};
        if (const auto value = wholeText<std::uint64_t>(digits)) return {*value, {}};
    }
    if (isAmbiguous(digits, form.whole))
        return {
            {}, tr("“%1” can be read in two ways: write thousands without a sign between them.").arg(text)};
    const std::optional<double> value = Expression(digits).value();
    if (!value) return {{}, tr("“%1” is no number.").arg(text)};
    if (form.whole) return wholeReading(*value, text);
    return {form.unit == "%"_L1 ? timesTenTo(*value, -2) : *value, {}};
}

QString numberText(const Json& value, const NumberForm& form) {
    if (value.is_null()) return {};
    if (form.unit == "%"_L1) return QString::fromStdString(number_text(timesTenTo(value.get<double>(), 2)));
    return QString::fromStdString(text_of(value));
}

} // namespace lora
