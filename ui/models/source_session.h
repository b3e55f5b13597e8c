// SPDX-License-Identifier: GPL-3.0-or-later
//
// SourceSession: everything the window keeps for one open source, and the board on which its parts (key browser, key
// views, panels) tell each other what happened, so that none needs to know the others. Owned by the shell; GUI thread.
#pragma once

#include "core/base/result.h"
#include "core/source/source.h"

#include <QByteArray>
#include <QObject>

#include <memory>

namespace keyloupe {

class JobRunner;
class Sampler;

/// A key of a source. Bytes.
struct KeyRef
{
    int db = 0;
    QByteArray key;
    bool operator==(const KeyRef &) const = default;
};

class SourceSession : public QObject
{
    Q_OBJECT

public:
    /// `jobs` must outlive the session. The sampler starts when the source is a server.
    SourceSession(std::unique_ptr<Source> source, JobRunner &jobs, QObject *parent = nullptr);
    ~SourceSession() override;

    Source &source() const { return *m_source; }
    JobRunner &jobs() const { return m_jobs; }
    /// One INFO a second of a server; null on a file.
    Sampler *sampler() const { return m_sampler.get(); }

    int currentDb() const { return m_currentDb; }
    void setCurrentDb(int db);
    bool isWritable() const; ///< neither read-only mode nor failed, nor still being read
    bool isWhole() const;    ///< Ready with everything in it; a large file is Ready with its first keys before

Q_SIGNALS:
    /// It is going, with its source: what works on that stops now.
    void closing();
    void currentDbChanged(int db);
    /// Somebody wants a key shown; the shell opens a tab, or reuses the preview tab.
    void openKeyRequested(const keyloupe::KeyRef &key, bool newTab);
    /// Somebody wants a panel of this source shown ("overview"); the shell does.
    void panelRequested(const QString &id);
    /// The file shall be opened anew; the shell does, and this session ends.
    void reloadRequested();
    /// After our own writes, so that the tree and open tabs follow.
    void keyCreated(const keyloupe::KeyRef &key);
    void keyDeleted(const keyloupe::KeyRef &key);
    void keyRenamed(const keyloupe::KeyRef &from, const QByteArray &to);
    void keyChanged(const keyloupe::KeyRef &key);   ///< value or TTL
    void databasesChanged();                        ///< key counts may differ
    /// One line for the status bar, for a moment.
    void messagePosted(const QString &text);
    /// Something failed; `what` says in a few words what was tried. Cancelled is never posted.
    void errorPosted(const QString &what, const keyloupe::Error &error);

private:
    std::unique_ptr<Source> m_source;
    JobRunner &m_jobs;
    std::unique_ptr<Sampler> m_sampler;
    int m_currentDb = 0;
};

} // namespace keyloupe

Q_DECLARE_METATYPE(keyloupe::KeyRef)
