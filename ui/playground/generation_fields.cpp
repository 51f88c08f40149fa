#include "ui/playground/generation_fields.h"

#include "ui/elements/field_grid.h"
#include "ui/elements/number_field.h"
#include "ui/elements/tool_tip.h"
#include "ui/elements/words.h"

#include <QFrame>
#include <QLabel>
#include <QScreen>
#include <QToolButton>
#include <algorithm>
#include <cmath>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

NumberField* makeField(const GenerationSetting& row, QWidget* owner) {
    const double highest = std::isfinite(row.range.highest) ? row.range.highest : most_of_all;
    auto* field = new NumberField({row.whole()}, {row.range.lowest, highest, row.doubles}, owner);
    field->setObjectName(u"generation-"_s + text(row.option));
    const QString help = text(row.help) + u' ' + GenerationFields::tr("Takes %1.").arg(text(row.expected()));
    describeControl(*field, text(row.label), help);
    field->setValue(row.get(GenerationSettings{}));
    return field;
}

/// Whether what is typed can be taken; into `settings`, if so.
bool take(const GenerationSetting& row, const NumberField& field, GenerationSettings& settings) {
    return field.isUnderstood() && row.set(settings, field.value());
}

} // namespace

GenerationFields::GenerationFields(QWidget* owner)
    : QObject(owner), more_(new QToolButton(owner)), popup_(new QFrame(owner, Qt::Popup)) {
    buildMore();
    for (const GenerationSetting& row : generation_settings()) {
        QWidget* place = row.advanced ? popup_ : owner;
        fields_.emplace_back(&row, makeField(row, place));
        NumberField* field = fields_.back().second;
        if (row.advanced) static_cast<FieldGrid*>(popup_->layout())->addField(text(row.label), field);
        connect(field, &NumberField::edited, this, &GenerationFields::edited);
    }
    connect(this, &GenerationFields::edited, this, &GenerationFields::countMore);
    countMore();
}

void GenerationFields::buildMore() {
    popup_->setObjectName(u"samplingPopup"_s);
    popup_->setAccessibleName(tr("How the next token is drawn"));
    static_cast<QFrame*>(popup_)->setFrameShape(QFrame::StyledPanel);
    auto* grid = new FieldGrid(popup_);
    grid->setContentsMargins(10, 10, 10, 10);
    more_->setObjectName(u"moreSampling"_s);
    describeControl(*more_, tr("More of sampling"),
        tr("Which tokens are drawn from, and a penalty on what was said already; they count at a temperature "
           "above 0, the penalty always."));
    more_->setFocusPolicy(Qt::StrongFocus);
    connect(more_, &QToolButton::clicked, this, &GenerationFields::openMore);
}

// Over the button, which stands at the window's lower end.
void GenerationFields::openMore() {
    popup_->adjustSize();
    const QRect room = more_->screen()->availableGeometry();
    QPoint at = more_->mapToGlobal(QPoint(0, -popup_->height()));
    at.setX(std::clamp(at.x(), room.left(), std::max(room.left(), room.right() - popup_->width())));
    at.setY(std::max(at.y(), room.top()));
    popup_->move(at);
    popup_->show();
    for (const auto& [row, field] : fields_)
        if (row->advanced) return field->setFocus();
}

// What is not in sight and still changes the answer is told.
void GenerationFields::countMore() {
    const GenerationSettings usual;
    const auto changed = std::count_if(fields_.begin(), fields_.end(), [&](const Field& each) {
        return each.first->advanced && each.second->value() != each.first->get(usual);
    });
    more_->setText(changed == 0 ? tr("More…") : tr("More (%1 set)…").arg(changed));
}

std::vector<GenerationFields::Named> GenerationFields::shown() const {
    std::vector<Named> all;
    for (const auto& [row, field] : fields_) {
        if (row->advanced || row->of_adapter) continue;
        auto* name = new QLabel(text(row->label), field->parentWidget());
        name->setBuddy(field);
        all.push_back({name, field});
    }
    return all;
}

NumberField* GenerationFields::field(std::string_view option) const {
    return std::find_if(fields_.begin(), fields_.end(), [&](const Field& each) {
        return each.first->option == option;
    })->second;
}

void GenerationFields::set(std::string_view option, const Json& value) {
    field(option)->setValue(value);
    countMore();
}

GenerationSettings GenerationFields::settings() const {
    GenerationSettings settings;
    for (const auto& [row, field] : fields_)
        if (!row->of_adapter || field->isEnabled()) take(*row, *field, settings);
    return settings;
}

QString GenerationFields::wrong() const {
    QString why;
    GenerationSettings unused;
    for (const auto& [row, field] : fields_) {
        const bool taken = !field->isEnabled() || take(*row, *field, unused);
        field->setFaulty(!taken);
        if (taken || !why.isEmpty()) continue;
        why = u"%1: %2"_s.arg(text(row->label),
            field->isUnderstood() ? tr("%1 is expected.").arg(text(row->expected())) : field->why());
    }
    return why;
}

} // namespace lora
