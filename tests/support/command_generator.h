// SPDX-License-Identifier: GPL-3.0-or-later
//
// CommandGenerator: random commands from templates, the same for the same seed on every machine.
//
// A template is a line: `{a|b|}` takes one of the choices (an empty one leaves it out; they nest), `<…>` repeats one to three
// times, `%name` is replaced by one of the words of that name: lists given by the template file, or the built-in ones
// (%i whole numbers, %f floats, %v values, %m members, %n small counts). Now and then an argument is lost, doubled or spoilt,
// so that errors are met too.
#pragma once

#include <QByteArray>
#include <QByteArrayList>
#include <QHash>

#include <cstdint>
#include <random>
#include <vector>

namespace keyloupe::test {

class CommandGenerator
{
public:
    explicit CommandGenerator(std::uint64_t seed);

    void addTemplate(const QByteArray &line) { m_templates.push_back(line); }
    void addWords(const QByteArray &name, const QByteArrayList &words) { m_words[name] += words; }
    qsizetype templateCount() const { return qsizetype(m_templates.size()); }

    QByteArrayList next();

private:
    std::size_t below(std::size_t n) { return std::size_t(m_random() % n); }
    QByteArray expandChoices(QByteArray line);
    QByteArray word(const QByteArray &name);
    void spoil(QByteArrayList &args);

    std::mt19937_64 m_random;
    std::vector<QByteArray> m_templates;
    QHash<QByteArray, QByteArrayList> m_words;
};

} // namespace keyloupe::test
