#include "ui/elements/quantities.h"

#include <QLocale>
#include <algorithm>
#include <array>
#include <cmath>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

const QLocale& english() {
    static const QLocale locale(QLocale::English, QLocale::UnitedStates);
    return locale;
}

/// Three significant digits without an exponent.
QString threeDigits(double value) {
    if (value == 0) return u"0"_s;
    const int whole = static_cast<int>(std::floor(std::log10(std::abs(value))));
    return QString::number(value, 'f', std::max(0, 2 - whole));
}

} // namespace

void useOneLocale() { QLocale::setDefault(english()); }

QString countText(std::int64_t count) { return english().toString(static_cast<qlonglong>(count)); }

QString shortCountText(std::int64_t count) {
    static constexpr std::array<const char16_t*, 4> units{u"", u" k", u" M", u" B"};
    double value = static_cast<double>(count);
    std::size_t unit = 0;
    while (std::abs(value) >= 1000 && unit + 1 < units.size()) {
        value /= 1000;
        ++unit;
    }
    if (unit == 0) return QString::number(count);
    return QString::number(value, 'f', value < 100 ? 2 : 1) + QString::fromUtf16(units.at(unit));
}

QString bytesText(std::int64_t bytes) {
    static constexpr std::array<const char16_t*, 5> units{u" B", u" kB", u" MB", u" GB", u" TB"};
    double value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (std::abs(value) >= 1000 && unit + 1 < units.size()) {
        value /= 1000;
        ++unit;
    }
    const QString number = unit == 0 ? QString::number(bytes) : threeDigits(value);
    return number + QString::fromUtf16(units.at(unit));
}

QString durationText(double seconds) {
    if (!std::isfinite(seconds) || seconds < 0) return u"—"_s;
    const auto whole = static_cast<qint64>(std::llround(seconds));
    if (whole < 60) return u"%1 s"_s.arg(whole);
    if (whole < 3600) return u"%1 min %2 s"_s.arg(whole / 60).arg(whole % 60, 2, 10, QChar(u'0'));
    return u"%1 h %2 min"_s.arg(whole / 3600).arg(whole / 60 % 60, 2, 10, QChar(u'0'));
}

QString shareText(double share) { return threeDigits(share * 100) + u" %"_s; }

QString measureText(std::optional<double> value) {
    if (!value) return u"—"_s;
    const double size = std::abs(*value);
    if (size != 0 && (size < 1e-3 || size >= 1e5)) return QString::number(*value, 'e', 2);
    return threeDigits(*value);
}

QString shortPath(const std::string& path) {
    QStringList parts = QString::fromStdString(path).split(u'.');
    if (parts.size() > 3 && parts.constFirst() == "model"_L1) parts.removeFirst();
    if (parts.size() == 4) parts.removeAt(2);
    return parts.join(u'.');
}

QStringList withoutCommonBeginning(const QStringList& names) {
    if (names.size() < 2) return names;
    qsizetype common = 0; // the words' end, a blank included
    for (qsizetype i = 0; i < names.constFirst().size(); ++i) {
        const auto same = [&](const QString& name) {
            return i < name.size() && name[i] == names.constFirst()[i];
        };
        if (!std::all_of(names.begin(), names.end(), same)) break;
        if (names.constFirst()[i] == u' ') common = i + 1;
    }
    QStringList rests;
    for (const QString& name : names) rests << name.mid(common);
    return rests.contains(QString()) ? names : rests;
}

} // namespace lora
