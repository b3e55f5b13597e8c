// SPDX-License-Identifier: GPL-3.0-or-later
//
// Values to test readers with: every value of the project's own files, of the corpora where they are on the machine, and of
// corrupt payloads. Test code.
#pragma once

#include "core/rdb/rdb_scanner.h"
#include "core/rdb/type_table.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>

#include <functional>

namespace keyloupe::test {

struct CorpusValue
{
    QByteArray where; ///< file and key, for messages
    std::uint8_t rdbType = 0;
    RdbFamily family = RdbFamily::Redis;
    QByteArrayView bytes; ///< of the value; valid during the call
};

inline QByteArray wholeFile(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

inline bool haveCorpora()
{
    return QDir(QStringLiteral(KEYLOUPE_CORPORA)).exists();
}

inline QStringList corpusFiles(const QString &pattern)
{
    QStringList paths;
    for (const QString &folder : {QStringLiteral(KEYLOUPE_TEST_DATA "/rdb"), QStringLiteral(KEYLOUPE_CORPORA)}) {
        QDirIterator files(folder, {pattern}, QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext())
            paths.append(files.next());
    }
    paths.sort();
    return paths;
}

inline void valuesOfFile(const QString &path, const std::function<void(const CorpusValue &)> &fn)
{
    const QByteArray image = wholeFile(path);
    const RdbFamily family = image.startsWith("VALKEY") ? RdbFamily::Valkey : RdbFamily::Redis;
    ScanCallbacks callbacks;
    callbacks.onKey = [&](const RecordInfo &record, QByteArrayView key) {
        fn({path.section(QLatin1Char('/'), -2).toUtf8() + ' ' + key.toByteArray().left(60), record.rdbType, family,
            QByteArrayView(image).sliced(record.valueOffset, record.valueLength)});
        return true;
    };
    static_cast<void>(scanRdb(image, callbacks));
}

inline void valuesOfAllFiles(const std::function<void(const CorpusValue &)> &fn)
{
    for (const QString &path : corpusFiles(QStringLiteral("*.rdb")))
        valuesOfFile(path, fn);
}

/// The payloads of the corrupt DUMPs, as values of both families.
inline void corruptPayloads(const std::function<void(const CorpusValue &)> &fn)
{
    for (const QString &path : corpusFiles(QStringLiteral("*.dump"))) {
        const QByteArray payload = wholeFile(path);
        if (payload.size() < 12)
            continue;
        for (const RdbFamily family : {RdbFamily::Redis, RdbFamily::Valkey}) {
            fn({path.section(QLatin1Char('/'), -2).toUtf8(), static_cast<std::uint8_t>(payload[0]), family,
                QByteArrayView(payload).sliced(1).chopped(10)});
        }
    }
}

} // namespace keyloupe::test
