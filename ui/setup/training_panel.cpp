#include "ui/setup/training_panel.h"

#include "ui/elements/note.h"
#include "ui/elements/section.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QRegularExpressionValidator>
#include <QSpinBox>
#include <QToolButton>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

QSpinBox* spinBox(const char* objectName, int lowest, int highest, QWidget* parent) {
    auto* box = new QSpinBox(parent);
    box->setObjectName(QLatin1StringView(objectName));
    box->setRange(lowest, highest);
    return box;
}

/// Zero and below have words instead of a number.
QSpinBox* everyBox(const char* objectName, const QString& never, QWidget* parent) {
    QSpinBox* box = spinBox(objectName, 0, 1'000'000, parent);
    box->setSpecialValueText(never);
    box->setSuffix(QObject::tr(" steps"));
    return box;
}

} // namespace

TrainingPanel::TrainingPanel(QWidget* parent)
    : QWidget(parent), lr_(new QLineEdit(this)), lengthKind_(new QComboBox(this)),
      length_(spinBox("length", 1, 1'000'000'000, this)), batch_(spinBox("batch", 1, 1'000'000, this)),
      schedule_(new QComboBox(this)) {
    lr_->setObjectName(u"lr"_s);
    lr_->setValidator(
        new QRegularExpressionValidator(QRegularExpression(u"[0-9]*\\.?[0-9]*([eE][-+]?[0-9]+)?"_s), lr_));
    lengthKind_->setObjectName(u"lengthKind"_s);
    lengthKind_->addItems({tr("epochs"), tr("steps")});
    batch_->setToolTip(tr("Samples for one step of the optimizer."));
    schedule_->setObjectName(u"schedule"_s);
    schedule_->addItem(tr("linear to zero"), static_cast<int>(Schedule::Linear));
    schedule_->addItem(tr("cosine to zero"), static_cast<int>(Schedule::Cosine));
    schedule_->addItem(tr("constant"), static_cast<int>(Schedule::Constant));
    auto* length = new QHBoxLayout;
    length->addWidget(length_, 1);
    length->addWidget(lengthKind_);
    QFormLayout* form = makeForm(this);
    form->addRow(tr("Learning rate"), lr_);
    form->addRow(new Note(u"fault-lr"_s, this));
    form->addRow(tr("Length"), length);
    form->addRow(tr("Batch"), batch_);
    form->addRow(tr("Schedule"), schedule_);

    auto* fold = new QToolButton(this);
    fold->setObjectName(u"advanced"_s);
    fold->setText(tr("Advanced"));
    fold->setCheckable(true);
    fold->setAutoRaise(true);
    fold->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    fold->setArrowType(Qt::RightArrow);
    QWidget* advanced = buildAdvanced();
    advanced->hide();
    form->addRow(fold);
    form->addRow(advanced);
    connect(fold, &QToolButton::toggled, advanced, [fold, advanced](bool open) {
        fold->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
        advanced->setVisible(open);
    });
    fold_ = fold;
    advanced_ = advanced;
    connectAll();
}

QWidget* TrainingPanel::buildAdvanced() {
    auto* advanced = new QWidget(this);
    accumulate_ = spinBox("accumulate", 1, 1'000'000, advanced);
    accumulate_->setToolTip(
        tr("Pieces that a batch is worked through in: the same result with less memory."));
    checkpointing_ = new QCheckBox(tr("Recompute activations"), advanced);
    checkpointing_->setObjectName(u"gradientCheckpointing"_s);
    checkpointing_->setToolTip(
        tr("Gradient checkpointing: each block keeps its input alone and runs again in the "
           "backward. Less memory, for about a quarter more time."));
    offload_ = new QCheckBox(tr("Keep the blocks' inputs in host memory"), advanced);
    offload_->setObjectName(u"activationOffload"_s);
    offload_->setToolTip(
        tr("With recomputed activations on a GPU: what each block keeps, its input, waits in "
           "the computer's memory and comes back for the backward."));
    warmup_ = spinBox("warmup", -1, 1'000'000, advanced);
    warmup_->setSpecialValueText(tr("3 % of the steps"));
    weightDecay_ = new QDoubleSpinBox(advanced);
    weightDecay_->setObjectName(u"weightDecay"_s);
    weightDecay_->setRange(0, 10);
    weightDecay_->setDecimals(3);
    weightDecay_->setSingleStep(0.01);
    clip_ = new QDoubleSpinBox(advanced);
    clip_->setObjectName(u"clip"_s);
    clip_->setRange(0, 1000);
    clip_->setSingleStep(0.1);
    clip_->setSpecialValueText(tr("no clipping"));
    clip_->setToolTip(tr("The largest norm of the gradient."));
    seed_ = new QLineEdit(advanced);
    seed_->setObjectName(u"seed"_s);
    seed_->setValidator(new QRegularExpressionValidator(QRegularExpression(u"[0-9]{1,19}"_s), seed_));
    evalEvery_ = everyBox("evalEvery", tr("before and after only"), advanced);
    spectrumEvery_ = everyBox("spectrumEvery", tr("at the end only"), advanced);
    checkpointEvery_ = everyBox("checkpointEvery", tr("at the end only"), advanced);
    threads_ = spinBox("threads", 0, 1024, advanced);
    threads_->setSpecialValueText(tr("all cores"));
    QFormLayout* form = makeForm(advanced);
    form->setContentsMargins(0, 0, 0, 0);
    form->addRow(tr("Accumulate"), accumulate_);
    form->addRow(new Note(u"fault-accumulate"_s, advanced));
    form->addRow(QString(), checkpointing_);
    form->addRow(new Note(u"fault-gradient-checkpointing"_s, advanced));
    form->addRow(QString(), offload_);
    form->addRow(new Note(u"fault-activation-offload"_s, advanced));
    offload_->hide();
    form->addRow(tr("Warm-up"), warmup_);
    form->addRow(new Note(u"fault-warmup"_s, advanced));
    form->addRow(tr("Weight decay"), weightDecay_);
    form->addRow(tr("Clip"), clip_);
    form->addRow(tr("Seed"), seed_);
    form->addRow(tr("Evaluate every"), evalEvery_);
    form->addRow(tr("Spectra every"), spectrumEvery_);
    form->addRow(tr("Save every"), checkpointEvery_);
    form->addRow(tr("Threads"), threads_);
    return advanced;
}

void TrainingPanel::connectAll() {
    for (QSpinBox* box : findChildren<QSpinBox*>())
        connect(box, &QSpinBox::valueChanged, this, &TrainingPanel::changed);
    for (QDoubleSpinBox* box : {weightDecay_, clip_})
        connect(box, &QDoubleSpinBox::valueChanged, this, &TrainingPanel::changed);
    for (QComboBox* box : {lengthKind_, schedule_})
        connect(box, &QComboBox::activated, this, &TrainingPanel::changed);
    for (QCheckBox* box : {checkpointing_, offload_})
        connect(box, &QCheckBox::toggled, this, &TrainingPanel::changed);
    for (QLineEdit* line : {lr_, seed_}) connect(line, &QLineEdit::textEdited, this, &TrainingPanel::changed);
}

void TrainingPanel::setDevices(const Devices& devices) { offload_->setVisible(devices.found.size() > 1); }

void TrainingPanel::read(const RunSettings& settings) {
    const QSignalBlocker quiet(this);
    const TrainingSettings& t = settings.training;
    lr_->setText(QString::number(t.lr, 'g', 6));
    lengthKind_->setCurrentIndex(t.steps ? 1 : 0);
    length_->setValue(static_cast<int>(t.steps.value_or(t.epochs)));
    batch_->setValue(static_cast<int>(t.batch));
    schedule_->setCurrentIndex(schedule_->findData(static_cast<int>(t.schedule)));
    accumulate_->setValue(static_cast<int>(t.accumulate));
    checkpointing_->setChecked(t.gradient_checkpointing);
    offload_->setChecked(t.activation_offload);
    warmup_->setValue(t.warmup ? static_cast<int>(*t.warmup) : -1);
    weightDecay_->setValue(t.weight_decay);
    clip_->setValue(t.clip);
    seed_->setText(QString::number(t.seed));
    evalEvery_->setValue(static_cast<int>(t.eval_every));
    spectrumEvery_->setValue(static_cast<int>(t.spectrum_every));
    checkpointEvery_->setValue(static_cast<int>(t.checkpoint_every));
    threads_->setValue(settings.threads);
}

void TrainingPanel::showFaults() {
    for (const Note* note : advanced_->findChildren<Note*>())
        if (!note->text().isEmpty()) fold_->setChecked(true);
}

void TrainingPanel::write(RunSettings& settings) const {
    TrainingSettings& t = settings.training;
    t.lr = lr_->text().toDouble();
    const bool bySteps = lengthKind_->currentIndex() == 1;
    t.steps = bySteps ? std::optional<std::int64_t>(length_->value()) : std::nullopt;
    t.epochs = bySteps ? 1 : length_->value();
    t.batch = batch_->value();
    t.schedule = static_cast<Schedule>(schedule_->currentData().toInt());
    t.accumulate = accumulate_->value();
    t.gradient_checkpointing = checkpointing_->isChecked();
    t.activation_offload = !offload_->isHidden() && offload_->isChecked();
    t.warmup = warmup_->value() < 0 ? std::nullopt : std::optional<std::int64_t>(warmup_->value());
    t.weight_decay = weightDecay_->value();
    t.clip = clip_->value();
    t.seed = seed_->text().toULongLong();
    t.eval_every = evalEvery_->value();
    t.spectrum_every = spectrumEvery_->value();
    t.checkpoint_every = checkpointEvery_->value();
    settings.threads = threads_->value();
}

} // namespace lora
