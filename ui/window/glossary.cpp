#include "ui/window/glossary.h"

#include "ui/elements/tool_tip.h"
#include "ui/window/glossary_terms.h"

#include <QCoreApplication>
#include <QDialogButtonBox>
#include <QLineEdit>
#include <QPushButton>
#include <QStringList>
#include <QTextBrowser>
#include <QVBoxLayout>
#include <algorithm>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr QSize firstGlossarySize(560, 600);

QString words(const char* text) { return QCoreApplication::translate("lora", text); }

bool holds(const GlossaryTerm& term, const QStringList& sought) {
    const QString all = words(term.term) + u' ' + words(term.words) + u' ' + QString::fromUtf8(term.paper);
    return std::all_of(sought.begin(), sought.end(),
        [&](const QString& word) { return all.contains(word, Qt::CaseInsensitive); });
}

bool isNamed(const GlossaryTerm& term, const QString& sought) {
    return words(term.term).startsWith(sought.trimmed(), Qt::CaseInsensitive);
}

QString html(const GlossaryTerm& term, const QColor& dim) {
    QString text = u"<p style=\"margin-bottom: 12px\"><b>%1</b><br>%2"_s.arg(
        words(term.term).toHtmlEscaped(), words(term.words).toHtmlEscaped());
    if (*term.paper != '\0')
        text += u"<br><span style=\"color: %1\">%2</span>"_s.arg(
            dim.name(), QString::fromUtf8(term.paper).toHtmlEscaped());
    return text + u"</p>"_s;
}

} // namespace

Glossary::Glossary(QWidget* parent)
    : QDialog(parent), search_(new QLineEdit(this)), terms_(new QTextBrowser(this)) {
    setObjectName(u"glossaryDialog"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Glossary"));
    search_->setObjectName(u"glossarySearch"_s);
    search_->setPlaceholderText(tr("Search: rank, φ, overfitting …"));
    search_->setClearButtonEnabled(true);
    describeControl(*search_, tr("Search the glossary"),
        tr("Every word must be found, in a term, its words or its paper."));
    terms_->setObjectName(u"glossaryTerms"_s);
    terms_->setOpenLinks(false);
    describeControl(*terms_, tr("Terms"), tr("The terms that were found, each with the paper it is from"));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    buttons->button(QDialogButtonBox::Close)->setAutoDefault(false); // Return belongs to the search
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(search_, &QLineEdit::textChanged, this, &Glossary::showFound);
    auto* column = new QVBoxLayout(this);
    column->addWidget(search_);
    column->addWidget(terms_, 1);
    column->addWidget(buttons);
    resize(firstGlossarySize);
    showFound();
}

// What is called so comes before what only speaks of it.
void Glossary::showFound() {
    const QStringList sought = search_->text().split(u' ', Qt::SkipEmptyParts);
    const QColor dim = palette().color(QPalette::PlaceholderText);
    QString named, others;
    for (const GlossaryTerm& term : glossaryTerms())
        if (holds(term, sought)) (isNamed(term, search_->text()) ? named : others) += html(term, dim);
    const QString found = named + others;
    terms_->setHtml(
        found.isEmpty() ? tr("Nothing is found for “%1”.").arg(search_->text().toHtmlEscaped()) : found);
}

} // namespace lora
