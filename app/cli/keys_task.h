// SPDX-License-Identifier: GPL-3.0-or-later
//
// `keyloupe-cli keys`: every key with its type, encoding, TTL and size, one a line.
#pragma once

#include "app/cli/cli_task.h"

#include <QSet>

namespace keyloupe::cli {

struct KeysOptions
{
    bool allDatabases = false;
    int db = 0;
    QByteArray match;
    QByteArray type;
    bool csv = false;
};

class KeysTask final : public SourceTask
{
    Q_OBJECT

public:
    KeysTask(const QString &location, KeysOptions options) : SourceTask(location), m_options(std::move(options)) { }

private:
    void sourceReady() override;
    void scanNextDatabase();
    void scanNextBatch();
    void describeKeys(QByteArrayList keys, bool lastBatch);
    bool printRow(const QByteArray &key, const std::vector<RespValue> &replies, std::size_t first);

    KeysOptions m_options;
    QList<int> m_databases; // still to scan; the first is being scanned
    std::unique_ptr<KeyScan> m_scan;
    QSet<QByteArray> m_seen; // SCAN of a server may repeat a key
};

} // namespace keyloupe::cli
