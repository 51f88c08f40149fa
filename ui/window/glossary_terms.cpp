#include "ui/window/glossary_terms.h"

#include "ui/window/adapter_terms.h"
#include "ui/window/training_terms.h"

#include <QByteArray>
#include <algorithm>

namespace lora {

namespace {

std::vector<GlossaryTerm> allTerms() {
    std::vector<GlossaryTerm> all;
    for (const auto theme : {adapterTerms(), trainingTerms()})
        all.insert(all.end(), theme.begin(), theme.end());
    std::sort(all.begin(), all.end(), [](const GlossaryTerm& one, const GlossaryTerm& other) {
        return qstricmp(one.term, other.term) < 0;
    });
    return all;
}

} // namespace

const std::vector<GlossaryTerm>& glossaryTerms() {
    static const std::vector<GlossaryTerm> terms = allTerms();
    return terms;
}

} // namespace lora
