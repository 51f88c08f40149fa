#include "ui/plots/score_words.h"

#include "ui/elements/quantities.h"

#include <QCoreApplication>

namespace lora {

namespace {

/// A name of two words is written small in the middle of a sentence, a person's is not.
QString titleOf(const ScoreSheet& sheet) {
    QString title = QString::fromUtf8(sheet.title);
    const bool isPersons = title.endsWith(QStringLiteral("correlation"));
    return isPersons ? title : title.left(1).toLower() + title.mid(1);
}

} // namespace

QString scoresText(const EvaluationRecord& record) {
    QString words;
    if (record.accuracy)
        words += QCoreApplication::translate("Scores", ", accuracy %1").arg(shareText(*record.accuracy));
    for (const Score& score : record.scores) {
        const ScoreSheet& sheet = score_sheet(score.name);
        words += QStringLiteral(", %1 %2").arg(
            titleOf(sheet), sheet.is_share ? shareText(score.value) : measureText(score.value));
    }
    return words;
}

} // namespace lora
