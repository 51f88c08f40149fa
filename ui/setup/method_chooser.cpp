#include "ui/setup/method_chooser.h"

#include "engine/settings/schema.h"
#include "ui/elements/theme.h"
#include "ui/setup/setting_editor.h"

#include <QAbstractItemView>
#include <QListView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <utility>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr int sentenceRole = Qt::UserRole + 1;
constexpr int textWidth = 420;
constexpr int margin = 8;
constexpr int lineHeight = 9; ///< of the line between adapters and weights

bool isLine(const QModelIndex& index) {
    return index.data(Qt::AccessibleDescriptionRole).toString() == "separator"_L1;
}

/// The title in bold, and the sentence beneath it in as many lines as it needs.
class MethodDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        if (isLine(index)) return {textWidth + 2 * margin, lineHeight};
        const QFontMetrics title(bold(option.font));
        return {textWidth + 2 * margin, title.height() + sentenceHeight(option, index) + margin + 2};
    }

    void paint(
        QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        painter->save();
        const QPalette& palette = option.palette;
        if (isLine(index)) {
            painter->setPen(palette.color(QPalette::Mid));
            const int y = option.rect.center().y();
            painter->drawLine(option.rect.left() + margin, y, option.rect.right() - margin, y);
            painter->restore();
            return;
        }
        const bool selected = option.state.testFlag(QStyle::State_Selected);
        if (selected) painter->fillRect(option.rect, palette.highlight());
        const QColor text = palette.color(selected ? QPalette::HighlightedText : QPalette::Text);
        QRect inner = option.rect.adjusted(margin, margin / 2, 0, 0);
        inner.setWidth(textWidth); // as it was measured
        painter->setPen(text);
        painter->setFont(bold(option.font));
        painter->drawText(inner, Qt::AlignLeft | Qt::AlignTop, index.data().toString());
        painter->setPen(selected ? text : signalColors(palette).dim);
        painter->setFont(option.font);
        painter->drawText(inner.adjusted(0, painter->fontMetrics().height() + 1, 0, 0),
            Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, index.data(sentenceRole).toString());
        painter->restore();
    }

private:
    static QFont bold(QFont font) {
        font.setBold(true);
        return font;
    }
    static int sentenceHeight(const QStyleOptionViewItem& option, const QModelIndex& index) {
        return QFontMetrics(option.font)
            .boundingRect(QRect(0, 0, textWidth, 1000), Qt::TextWordWrap, index.data(sentenceRole).toString())
            .height();
    }
};

} // namespace

MethodChooser::MethodChooser(QWidget* parent) : QComboBox(parent) {
    setObjectName(u"method"_s);
    const Setting& setting = setting_at("method");
    setAccessibleName(QString::fromStdString(setting.label));
    setToolTip(helpHtml(setting));
    setWhatsThis(toolTip());
    auto* list = new QListView(this);
    setView(list);
    list->setItemDelegate(new MethodDelegate(list));
    list->setMinimumWidth(textWidth + 2 * margin + 24);
    setMaxVisibleItems(20);
    bool lined = false;
    for (const MethodKind kind : method_kinds()) {
        if (trains_weights(kind) && !std::exchange(lined, true)) insertSeparator(count());
        addItem(QString::fromStdString(title(kind)), QString::fromStdString(name(kind)));
        setItemData(count() - 1, QString::fromStdString(about(kind)), sentenceRole);
    }
    connect(this, &QComboBox::activated, this, [this] { Q_EMIT methodChosen(method()); });
}

MethodKind MethodChooser::method() const { return method_kind(currentData().toString().toStdString()); }

void MethodChooser::setMethod(MethodKind method) {
    setCurrentIndex(findData(QString::fromStdString(name(method))));
}

} // namespace lora
