// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/command_generator.h"

namespace keyloupe::test {

CommandGenerator::CommandGenerator(std::uint64_t seed) : m_random(seed)
{
    m_words["i"] = {"0", "1", "2", "3", "5", "7", "10", "-1", "-2", "-5", "100", "-100"};
    m_words["n"] = {"0", "1", "2", "3", "10"};
    m_words["f"] = {"0", "1", "2", "3", "-1", "1.5", "0.1", "-2.25", "1e3", "10", "inf", "-inf", "3.0"};
    m_words["v"] = {"", "a", "b", "abc", "0", "1", "12", "-7", "3.5", "hello", "\xff\x01", "9223372036854775807", "ab ab"};
    m_words["m"] = {"a", "b", "c", "d", "1", "2", "-3", "10", "x\r\ny", "\xc3\xa9"};
    m_words["junk"] = {"", "x", "-", "+", "(", "nan", "1.5", "-0", "18446744073709551615", "9223372036854775807", "-9223372036854775808", "0x10", "COUNT", "LIMIT", "KEYS"};
}

// The innermost group first, so that groups nest.
QByteArray CommandGenerator::expandChoices(QByteArray line)
{
    for (;;) {
        qsizetype end = -1;
        qsizetype start = -1;
        for (qsizetype i = 0; i < line.size() && end < 0; ++i) {
            if (line[i] == '{' || line[i] == '<')
                start = i;
            else if (line[i] == '}' || line[i] == '>')
                end = i;
        }
        if (end < 0 || start < 0)
            return line;
        const QByteArray inside = line.mid(start + 1, end - start - 1);
        QByteArray chosen;
        if (line[start] == '{') {
            const QByteArrayList choices = inside.split('|');
            chosen = choices[qsizetype(below(std::size_t(choices.size())))];
        } else {
            for (std::size_t n = 1 + below(3); n > 0; --n)
                chosen += inside + ' ';
        }
        line.replace(start, end - start + 1, chosen);
    }
}

QByteArray CommandGenerator::word(const QByteArray &name)
{
    const QByteArrayList words = m_words.value(name);
    if (words.isEmpty())
        qFatal("a template names %%%s, of which there are no words", name.constData());
    return words[qsizetype(below(std::size_t(words.size())))];
}

void CommandGenerator::spoil(QByteArrayList &args)
{
    const qsizetype at = 1 + qsizetype(below(std::size_t(std::max<qsizetype>(1, args.size() - 1))));
    switch (below(40)) {
    case 0:
        if (args.size() > 1)
            args.removeLast();
        break;
    case 1:
        args.append(word("junk"));
        break;
    case 2:
        if (at < args.size())
            args[at] = word("junk");
        break;
    case 3:
        if (at < args.size())
            args.insert(at, args[at]);
        break;
    default:
        break;
    }
}

QByteArrayList CommandGenerator::next()
{
    const QByteArray line = expandChoices(m_templates[below(m_templates.size())]);
    QByteArrayList args;
    for (const QByteArray &token : line.split(' ')) {
        if (token.isEmpty())
            continue;
        // "%name" alone, several of them, or behind other text: "(%f", "%v%i"
        const QByteArrayList parts = token.split('%');
        QByteArray arg = parts[0];
        for (qsizetype i = 1; i < parts.size(); ++i)
            arg += word(parts[i]);
        args.append(arg);
    }
    spoil(args);
    return args;
}

} // namespace keyloupe::test
