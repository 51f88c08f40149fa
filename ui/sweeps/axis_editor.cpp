#include "ui/sweeps/axis_editor.h"

#include "ui/elements/note.h"
#include "ui/elements/tool_tip.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr int axisCount = 4;

} // namespace

AxisEditor::AxisEditor(QWidget* parent)
    : QWidget(parent), name_(new QLineEdit(tr("ranks"), this)),
      keepScale_(new QCheckBox(tr("Keep the scale α/r"), this)), note_(new Note(u"axisNote"_s, this)) {
    setObjectName(u"axisEditor"_s);
    name_->setObjectName(u"sweepName"_s);
    describeControl(*name_, tr("Name of the sweep"), tr("Its folder is called by it, after the date"));
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(10, 6, 10, 6);
    grid->setVerticalSpacing(4);
    grid->addWidget(new QLabel(tr("Name"), this), 0, 0);
    grid->addWidget(name_, 0, 1);
    grid->addWidget(new QLabel(tr("Setting"), this), 1, 0);
    grid->addWidget(new QLabel(tr("Its values"), this), 1, 1);
    addFields(0, u"lora.rank"_s, u"1, 4, 16"_s);
    addFields(1, u"training.seed"_s, u"1, 2, 3"_s);
    for (int index = 2; index < axisCount; ++index) addFields(index, {}, {});
    keepScale_->setObjectName(u"keepScale"_s);
    keepScale_->setChecked(true);
    keepScale_->setToolTip(tr("A run with another rank gets the α at which its updates are as large as the "
                              "set-up's; else the rank and the scale change together."));
    setTabOrder(fields_.back().values, keepScale_);
    grid->addWidget(keepScale_, axisCount + 2, 0, 1, 2);
    grid->addWidget(note_, axisCount + 3, 0, 1, 2);
    grid->setColumnStretch(1, 1);
    connect(keepScale_, &QCheckBox::toggled, this, &AxisEditor::refresh);
    connect(name_, &QLineEdit::textChanged, this, &AxisEditor::refresh);
    refresh();
}

void AxisEditor::addFields(int index, const QString& setting, const QString& values) {
    Fields fields{new QComboBox(this), new QLineEdit(values, this)};
    fields.setting->setObjectName(u"axisSetting%1"_s.arg(index));
    describeControl(*fields.setting, tr("Setting %1").arg(index + 1),
        tr("A setting that differs from run to run; empty: none"));
    describeControl(*fields.values, tr("Values of setting %1").arg(index + 1),
        tr("Each is tried with each value of the other settings; commas between them"));
    fields.setting->addItem({});
    fields.setting->addItems(axisSettings());
    fields.setting->setCurrentText(setting);
    fields.values->setObjectName(u"axisValues%1"_s.arg(index));
    fields.values->setPlaceholderText(tr("values, with commas between"));
    auto* grid = static_cast<QGridLayout*>(layout());
    grid->addWidget(fields.setting, index + 2, 0);
    grid->addWidget(fields.values, index + 2, 1);
    connect(fields.setting, &QComboBox::currentTextChanged, this, &AxisEditor::refresh);
    connect(fields.values, &QLineEdit::textChanged, this, &AxisEditor::refresh);
    fields_.push_back(fields);
}

void AxisEditor::setBase(const RunSettings& base) {
    if (base == base_) return;
    base_ = base;
    refresh();
}

QString AxisEditor::name() const { return name_->text().trimmed(); }

bool AxisEditor::keepsScale() const { return keepScale_->isChecked(); }

std::vector<AxisText> AxisEditor::axes() const {
    std::vector<AxisText> axes;
    for (const Fields& fields : fields_)
        axes.push_back({fields.setting->currentText(), fields.values->text()});
    return axes;
}

void AxisEditor::refresh() {
    const DraftStatus status = draftStatus(base_, axes(), keepsScale());
    sound_ = status.runs > 0 && !name().isEmpty(); // a run out of its range is marked, the others run
    if (name().isEmpty())
        note_->tell(tr("Give the sweep a name."), NoteKind::Error);
    else if (!status.fault.isEmpty())
        note_->tell(status.fault, status.runs > 0 ? NoteKind::Warning : NoteKind::Error);
    else if (!status.doubt.isEmpty())
        note_->tell(status.doubt, NoteKind::Warning);
    else
        note_->tell(tr("%1 runs from the set-up on the left").arg(status.runs));
    Q_EMIT changed();
}

} // namespace lora
