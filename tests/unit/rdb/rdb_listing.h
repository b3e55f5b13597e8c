// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the tests over whole RDB files share: the files, as rows of a table (the project's own, and corpora that stay outside
// it), and a listing of what the scanner finds in one. Header only.
#pragma once

#include "core/rdb/rdb_scanner.h"

#include <QDir>
#include <QDirIterator>
#include <QtTest>

namespace keyloupe::test {

const QString kOwn = QStringLiteral(KEYLOUPE_TEST_DATA "/rdb");
const QString kCorpora = QStringLiteral(KEYLOUPE_CORPORA);

inline QByteArray readFile(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

inline bool haveCorpora()
{
    return QDir(kCorpora).exists();
}

/// All files below these folders; missing ones have none.
inline QStringList filesBelow(const QStringList &folders, const QString &pattern = QStringLiteral("*.rdb"))
{
    QStringList paths;
    for (const QString &folder : folders) {
        QDirIterator files(folder, {pattern}, QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext())
            paths.append(files.next());
    }
    paths.sort();
    return paths;
}

/// One row a file; where the corpora are absent, a row with an empty path, for the test to skip and say so.
inline void fileRows(const QStringList &paths)
{
    QTest::addColumn<QString>("path");
    for (const QString &path : paths)
        QTest::newRow(qPrintable(path.section(QLatin1Char('/'), -2))) << path;
    if (!haveCorpora())
        QTest::newRow("corpora") << QString();
}

struct ListedKey
{
    RecordInfo record;
    QByteArray name;
};

struct Listing
{
    RdbSummary summary;
    std::vector<ListedKey> keys;
};

inline Result<Listing> list(QByteArrayView image)
{
    Listing listing;
    ScanCallbacks callbacks;
    callbacks.onKey = [&](const RecordInfo &record, QByteArrayView key) {
        listing.keys.push_back({record, key.toByteArray()});
        return true;
    };
    KL_TRY(listing.summary, scanRdb(image, callbacks));
    return listing;
}

inline QByteArrayView valueOf(QByteArrayView image, const RecordInfo &record)
{
    return image.sliced(record.valueOffset, record.valueLength);
}

} // namespace keyloupe::test
