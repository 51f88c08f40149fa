#include "ui/setup/target_grid.h"

#include "engine/error.h"
#include "engine/settings/schema.h"
#include "engine/settings/wording.h"
#include "engine/targets/targets.h"
#include "engine/targets/weight_selection.h"
#include "ui/elements/field_grid.h"
#include "ui/elements/note.h"
#include "ui/elements/theme.h"
#include "ui/elements/tool_tip.h"
#include "ui/setup/setting_editor.h"

#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMouseEvent>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QTableView>
#include <algorithm>
#include <array>
#include <set>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr int cellHeight = 18;
constexpr int rowsShown = 10;

/// Paints a tick as a filled block, so that a whole selection reads as one picture.
class BlockDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(
        QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const QVariant state = index.data(Qt::CheckStateRole);
        if (!state.isValid()) return;
        const bool enabled = option.state.testFlag(QStyle::State_Enabled);
        const QPalette& palette = option.palette;
        const QRectF block = QRectF(option.rect).adjusted(1.5, 1.5, -1.5, -1.5);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const bool ticked = state.toInt() == Qt::Checked;
        QColor fill = ticked ? palette.color(QPalette::Active, QPalette::Highlight)
                             : palette.color(QPalette::Active, QPalette::AlternateBase);
        if (!enabled) fill.setAlphaF(0.55F);
        const bool current = option.state.testFlag(QStyle::State_HasFocus);
        painter->setPen(QPen(
            current ? palette.color(QPalette::WindowText) : (ticked ? fill : palette.color(QPalette::Mid)),
            1));
        painter->setBrush(fill);
        painter->drawRoundedRect(block, 3, 3);
        painter->restore();
    }
};

} // namespace

TargetGrid::TargetGrid(QWidget* parent)
    : QWidget(parent), model_(new TargetModel(this)), preset_(new QComboBox(this)),
      layers_(new QLineEdit(this)), note_(new Note(u"fault-targets"_s, this)), table_(new QTableView(this)) {
    build();
    connect(model_, &TargetModel::tickedChanged, this, [this] {
        if (!selecting_) everything_ = false; // ticked by hand
        showTicked();
    });
    connect(preset_, &QComboBox::activated, this, [this] {
        if (preset_->currentData().isNull()) return;
        const std::string words = wordsOfChoice();
        select({words, words == everything ? std::string() : layers_->text().trimmed().toStdString()});
    });
    connect(layers_, &QLineEdit::textEdited, this, [this] {
        typing_ = true;
        select({wordsOfChoice(), layers_->text().trimmed().toStdString()});
        typing_ = false;
    });
    connect(table_->horizontalHeader(), &QHeaderView::sectionClicked, model_, &TargetModel::toggleColumn);
    connect(table_->verticalHeader(), &QHeaderView::sectionClicked, model_, &TargetModel::toggleRow);
}

void TargetGrid::build() {
    const auto describe = [](QWidget* field, const char* path) {
        const Setting& setting = setting_at(path);
        field->setAccessibleName(QString::fromStdString(setting.label));
        field->setToolTip(helpHtml(setting));
        field->setWhatsThis(field->toolTip());
    };
    describe(preset_, "lora.selection.targets");
    describe(layers_, "lora.selection.layers");
    preset_->setObjectName(u"targetPreset"_s);
    preset_->addItem(tr("Attention q and v (as in the paper)"), u"attention-qv"_s);
    preset_->addItem(tr("All attention"), u"attention"_s);
    preset_->addItem(tr("MLP"), u"mlp"_s);
    preset_->addItem(tr("All linear layers"), u"all-linear"_s);
    preset_->addItem(tr("Custom"));
    layers_->setObjectName(u"targetLayers"_s);
    layers_->setPlaceholderText(tr("all, or a range: 0-29"));
    layers_->setClearButtonEnabled(true);
    table_->setObjectName(u"targetTable"_s);
    table_->setModel(model_);
    table_->setTabKeyNavigation(false); // arrows go from cell to cell, Tab to the next field
    describeControl(*table_, tr("Layers and modules"),
        tr("Each cell is a linear that can be adapted. A click or the space bar ticks it, a drag ticks all "
           "that it passes; a click on a row's or column's head ticks all of it."));
    table_->setItemDelegate(new BlockDelegate(table_));
    table_->setShowGrid(false);
    table_->setSelectionMode(QAbstractItemView::NoSelection);
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    table_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table_->verticalHeader()->setDefaultSectionSize(cellHeight);
    table_->verticalHeader()->setMinimumSectionSize(cellHeight);
    table_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table_->verticalHeader()->setDefaultAlignment(Qt::AlignRight | Qt::AlignVCenter);
    table_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    table_->horizontalHeader()->setMinimumSectionSize(26);
    table_->horizontalHeader()->setHighlightSections(false);
    table_->verticalHeader()->setHighlightSections(false);
    table_->setCornerButtonEnabled(false);
    table_->viewport()->installEventFilter(this);
    auto* form = new FieldGrid(this);
    form->addField(tr("Modules"), preset_);
    form->addField(tr("Layers"), layers_);
    form->addWide(note_);
    form->addWide(table_);
    fitHeight();
}

void TargetGrid::fitHeight() {
    const int rows = std::clamp(model_->rowCount(), 2, rowsShown);
    table_->setFixedHeight(table_->horizontalHeader()->sizeHint().height() + rows * cellHeight + 2);
    table_->setVisible(model_->rowCount() > 0);
}

void TargetGrid::setGrid(const LayerGrid& grid, const TargetSelection& selection) {
    {
        const QSignalBlocker quiet(this);
        model_->setGrid(grid);
    }
    fitHeight();
    select(selection);
}

void TargetGrid::select(const TargetSelection& selection) {
    if (model_->grid().linears().empty()) {
        const int index = preset_->findData(QString::fromStdString(selection.targets));
        preset_->setCurrentIndex(index >= 0 ? index : preset_->count() - 1);
        layers_->setText(QString::fromStdString(selection.layers));
        return;
    }
    selecting_ = true;
    try {
        const bool all = selection.targets == everything;
        const std::vector<std::string> paths =
            select_targets(model_->grid().linears(), all ? TargetSelection{"re:.*", ""} : selection);
        everything_ = all;
        faulty_ = false;
        note_->tell({});
        model_->setTicked(paths);
    } catch (const Error& error) {
        faulty_ = true;
        note_->tell(QString::fromStdString(in_labels(error.what())), NoteKind::Error);
    }
    if (!typing_) layers_->setText(QString::fromStdString(selection.layers));
    selecting_ = false;
    showTicked();
}

TargetSelection TargetGrid::selection() const {
    if (everything_) return {everything, ""};
    const std::vector<std::string> ticked = model_->ticked();
    if (ticked.empty()) return {"", ""};
    return describe_targets(model_->grid().linears(), ticked);
}

void TargetGrid::offerEverything(bool offered) {
    const QString word = QString::fromLatin1(everything);
    const int index = preset_->findData(word);
    if (offered == (index >= 0)) return;
    if (offered)
        preset_->insertItem(0, tr("Every weight of the model"), word);
    else
        preset_->removeItem(index);
}

std::string TargetGrid::wordsOfChoice() const {
    const QString preset = preset_->currentData().toString();
    // A range of layers leaves out what stands outside the blocks.
    if (everything_ && typing_) return "all-linear";
    if (!preset.isEmpty()) return preset.toStdString();
    std::set<std::string> modules;
    const std::vector<std::string> ticked = model_->ticked();
    for (const LinearInfo& linear : model_->grid().linears())
        if (std::find(ticked.begin(), ticked.end(), linear.path) != ticked.end())
            modules.insert(linear.module);
    std::string words;
    for (const std::string& module : modules) words += (words.empty() ? "" : ",") + module;
    return words.empty() ? "all-linear" : words;
}

void TargetGrid::showTicked() {
    if (selecting_) return;
    const TargetSelection words = selection();
    const int index = preset_->findData(QString::fromStdString(words.targets));
    preset_->setCurrentIndex(index >= 0 ? index : preset_->count() - 1);
    if (!typing_) layers_->setText(QString::fromStdString(words.layers));
    if (!typing_ && model_->grid().layers() > 0 && words.targets.empty())
        note_->tell(tr("Nothing is ticked: there would be nothing to train."), NoteKind::Warning);
    Q_EMIT selectionChanged();
}

bool TargetGrid::eventFilter(QObject* watched, QEvent* event) {
    const auto type = event->type();
    if (type != QEvent::MouseButtonPress && type != QEvent::MouseMove && type != QEvent::MouseButtonRelease
        && type != QEvent::MouseButtonDblClick)
        return QWidget::eventFilter(watched, event);
    const auto* mouse = static_cast<QMouseEvent*>(event);
    const QModelIndex index = table_->indexAt(mouse->position().toPoint());
    const QVariant state = index.data(Qt::CheckStateRole);
    if (type == QEvent::MouseButtonRelease) {
        painting_ = false;
        return true;
    }
    if (type != QEvent::MouseMove && mouse->button() == Qt::LeftButton && state.isValid()) {
        painting_ = true;
        painted_ = mouse->position().toPoint();
        paintsTicks_ = state.toInt() != Qt::Checked;
        table_->setCurrentIndex(index);
    }
    if (painting_ && table_->isEnabled()) paintTo(mouse->position().toPoint());
    return painting_;
}

// A fast hand passes several cells between two events.
void TargetGrid::paintTo(const QPoint& here) {
    const QPoint way = here - painted_;
    const int pieces = std::max(1, way.manhattanLength() / (cellHeight / 2));
    for (int piece = 0; piece <= pieces; ++piece) {
        const QModelIndex index = table_->indexAt(painted_ + way * piece / pieces);
        const QVariant state = index.data(Qt::CheckStateRole);
        if (state.isValid() && (state.toInt() == Qt::Checked) != paintsTicks_)
            model_->setData(index, paintsTicks_ ? Qt::Checked : Qt::Unchecked, Qt::CheckStateRole);
    }
    painted_ = here;
}

} // namespace lora
