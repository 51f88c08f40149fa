#include "ui/setup/data_panel.h"

#include "ui/elements/note.h"
#include "ui/elements/quantities.h"
#include "ui/elements/theme.h"
#include "ui/elements/tool_tip.h"
#include "ui/plots/plot_theme.h"
#include "ui/setup/length_histogram.h"
#include "ui/setup/settings_form.h"

#include <QEvent>
#include <QTextBrowser>
#include <QVBoxLayout>
#include <initializer_list>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr int settle_ms = 400;
constexpr qsizetype shownCharacters = 600; // of one sample

QString spanHtml(const PreviewSpan& span, const QString& style) {
    QString text = QString::fromStdString(span.text);
    if (text.size() > shownCharacters) text = text.left(shownCharacters) + u"…"_s;
    text = text.toHtmlEscaped().replace(u'\n', u"↵<br>"_s);
    return u"<span style=\"%1\">%2</span>"_s.arg(style, text);
}

} // namespace

QString previewHtml(
    const DatasetSummary& dataset, const QColor& learned, const QColor& tint, const QColor& masked) {
    QString html;
    int number = 0;
    for (const auto& sample : dataset.preview) {
        html +=
            u"<p style=\"margin: 0 0 7px 0\"><span style=\"color: %1\">%2&nbsp;</span>"_s.arg(masked.name())
                .arg(++number);
        for (const PreviewSpan& span : sample)
            html +=
                spanHtml(span, span.learned ? u"color: %1; background: %2"_s.arg(learned.name(), tint.name())
                                            : u"color: %1"_s.arg(masked.name()));
        html += u"</p>"_s;
    }
    return html;
}

DataPanel::DataPanel(QWidget* parent)
    : QWidget(parent), form_(new SettingsForm(SettingGroup::Data, {}, this)),
      counts_(new Note(u"dataCounts"_s, this)), cutNote_(new Note(u"dataWarnings"_s, this)),
      histogram_(new LengthHistogram(this)), preview_(new QTextBrowser(this)) {
    build();
    wait_.setSingleShot(true);
    wait_.setInterval(settle_ms);
    connect(&wait_, &QTimer::timeout, this, &DataPanel::dataWanted);
    connect(form_, &SettingsForm::edited, this, [this](const QString& path, const Json& value) {
        Q_EMIT edited(path, value);
        wait_.start();
    });
    connect(form_, &SettingsForm::browseRequested, this,
        [this](const QString& path) { Q_EMIT browseRequested(path == "data.eval"_L1); });
    setDataset(nullptr, nullptr);
}

void DataPanel::build() {
    preview_->setObjectName(u"dataPreview"_s);
    preview_->setFixedHeight(118);
    preview_->setOpenLinks(false);
    preview_->setToolTip(tr("The first samples as the model gets them. Coloured: learned. Dim: only read."));
    preview_->setAccessibleName(tr("First samples"));
    form_->layout()->setContentsMargins(0, 0, 0, 0);
    auto* column = new QVBoxLayout(this);
    column->setSpacing(5);
    for (QWidget* part : std::initializer_list<QWidget*>{form_, cutNote_, counts_, histogram_, preview_})
        column->addWidget(part);
}

void DataPanel::show(const RunSettings& settings) {
    form_->show(settings);
    maxLength_ = settings.data.max_length;
}

void DataPanel::setDataset(
    std::shared_ptr<const DatasetSummary> train, std::shared_ptr<const DatasetSummary> eval) {
    train_ = std::move(train);
    eval_ = std::move(eval);
    fault_.clear();
    histogram_->setVisible(train_ != nullptr);
    preview_->setVisible(train_ != nullptr);
    showCounts();
    showPreview();
    if (train_) histogram_->setLengths(train_->lengths, maxLength_);
}

void DataPanel::setFault(const QString& why) {
    setDataset(nullptr, nullptr);
    fault_ = why;
    showCounts();
}

void DataPanel::showCounts() {
    if (!train_) {
        cutNote_->tell({});
        if (fault_.isEmpty()) return counts_->tell(tr("No dataset is read."));
        return counts_->tell(plainTip(fault_), NoteKind::Error);
    }
    QString text =
        tr("<b>%1 samples</b>, %2 tokens, ").arg(countText(train_->samples), countText(train_->tokens));
    text += train_->labels.empty() ? tr("%1 of them learned").arg(countText(train_->learned_tokens))
                                   : tr("%1 labels").arg(train_->labels.size());
    if (train_->held_out > 0) text += tr("; %1 held out").arg(countText(train_->held_out));
    if (eval_) text += tr("; %1 to evaluate on").arg(countText(eval_->samples));
    text += u"<br>"_s + QString::fromStdString(train_->read_as).toHtmlEscaped();
    counts_->tell(text);
    QStringList warnings;
    for (const std::string& warning : train_->warnings) warnings << QString::fromStdString(warning);
    if (eval_)
        for (const std::string& warning : eval_->warnings) warnings << QString::fromStdString(warning);
    cutNote_->tell(warnings.join(u'\n'), NoteKind::Warning);
}

void DataPanel::showPreview() {
    if (!train_) return preview_->clear();
    QPalette lit = palette();
    lit.setCurrentColorGroup(QPalette::Active); // a load that is under way disables the column
    const PlotColors colors = plotColors(lit);
    const QColor tint = isDark(palette()) ? QColor(0x1f, 0x3b, 0x36) : QColor(0xdd, 0xf3, 0xee);
    preview_->setHtml(previewHtml(*train_, colors.text, tint, colors.dim));
}

void DataPanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() != QEvent::PaletteChange) return;
    showCounts();
    showPreview();
}

} // namespace lora
