// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/aof/function_libraries.h"

#include "core/base/escape.h"
#include "core/rdb/crc64.h"
#include "core/rdb/rdb_scanner.h"
#include "core/rdb/string_codec.h"
#include "core/rdb/type_table.h"

#include <QtEndian>

namespace keyloupe {
namespace {

Error refused(const QString &why)
{
    return Error{Errc::InvalidArgument, why, -1, {}};
}

} // namespace

QByteArray functionLibraryName(const QByteArray &source)
{
    if (!source.startsWith("#!"))
        return {};
    const qsizetype end = source.indexOf('\n');
    const Result<QByteArrayList> words = splitCommandLine(QByteArrayView(source).first(end < 0 ? source.size() : end));
    if (!words.ok())
        return {};
    for (const QByteArray &word : words.value()) {
        if (word.toLower().startsWith("name="))
            return word.mid(5);
    }
    return {};
}

void FunctionLibraries::add(const RdbSummary &summary)
{
    for (const RdbFileRecord &record : summary.fileRecords) {
        if (record.opcode != rdb::kOpFunction && record.opcode != rdb::kOpFunctionPreGa)
            continue;
        const QByteArray name = record.opcode == rdb::kOpFunctionPreGa ? record.name : functionLibraryName(record.value);
        m_libraries[name] = record.value;
    }
}

std::vector<QByteArray> FunctionLibraries::sources() const
{
    std::vector<QByteArray> sources;
    for (const auto &[name, source] : m_libraries)
        sources.push_back(source);
    return sources;
}

Result<void> FunctionLibraries::load(const QByteArray &source, bool replace)
{
    const QByteArray name = functionLibraryName(source);
    if (name.isEmpty())
        return refused(QStringLiteral("the library's source does not name it"));
    if (!replace && m_libraries.count(name) != 0)
        return refused(QStringLiteral("a library of this name is there already"));
    m_libraries[name] = source;
    m_changed = true;
    return {};
}

// A payload is a row of function records, a version and a checksum.
Result<void> FunctionLibraries::restore(const QByteArray &payload, const QByteArray &policy)
{
    constexpr qsizetype kFooter = 10;
    const QByteArrayView bytes(payload);
    if (bytes.size() < kFooter || crc64(0, bytes.chopped(8)) != qFromLittleEndian<std::uint64_t>(bytes.data() + bytes.size() - 8))
        return refused(QStringLiteral("the payload's checksum is wrong"));
    std::vector<QByteArray> sources;
    rdb::ByteCursor in(bytes.chopped(kFooter));
    while (in.ok() && !in.atEnd()) {
        if (in.u8() != rdb::kOpFunction)
            return refused(QStringLiteral("the payload holds something else than functions"));
        sources.push_back(rdb::readString(in));
    }
    if (!in.ok())
        return refused(QStringLiteral("the payload is damaged"));
    if (policy == "flush")
        m_libraries.clear();
    m_changed = true;
    for (const QByteArray &source : sources)
        KL_CHECK(load(source, policy == "replace"));
    return {};
}

Result<void> FunctionLibraries::apply(const QByteArrayList &args)
{
    const QByteArray what = args.size() > 1 ? args[1].toLower() : QByteArray();
    if (what == "load" && args.size() >= 3) {
        const bool replace = args.size() >= 4 && args[2].toLower() == "replace";
        return load(args.last(), replace);
    }
    if (what == "delete" && args.size() == 3) {
        if (m_libraries.erase(args[2]) == 0)
            return refused(QStringLiteral("there is no library of this name"));
        m_changed = true;
        return {};
    }
    if (what == "flush") {
        m_changed = m_changed || !m_libraries.empty();
        m_libraries.clear();
        return {};
    }
    if (what == "restore" && args.size() >= 3)
        return restore(args[2], args.size() > 3 ? args[3].toLower() : QByteArray("append"));
    return {};
}

} // namespace keyloupe
