// SPDX-License-Identifier: GPL-3.0-or-later
//
// OpenKey: one key that is being looked at: its header and, of a string, its bytes. Reads without ever sending a command
// that grows with the value; follows what our own edits and other tabs do to the key. Late answers are dropped by number.
// Owned by its view; GUI thread.
#pragma once

#include "core/values/edit.h"
#include "core/values/key_header.h"
#include "core/values/raw_value.h"
#include "core/values/value_page.h"
#include "ui/models/source_session.h"

#include <QObject>

#include <functional>
#include <optional>

namespace keyloupe {

class OpenKey : public QObject
{
    Q_OBJECT

public:
    enum class State { Empty, Loading, Ready, Gone, Failed };

    /// Bytes of a string that are read without being asked for.
    static constexpr std::int64_t kStringBytes = 1024 * 1024;
    /// A module's value is read without being asked for up to this size; DUMP has no smaller piece.
    static constexpr std::int64_t kRawBytes = 1024 * 1024;

    explicit OpenKey(SourceSession &session, QObject *parent = nullptr);

    void open(const KeyRef &key);
    void refresh();
    void loadWholeString();
    void loadRaw(); ///< of a module's value, whatever its size

    State state() const { return m_state; }
    const KeyRef &ref() const { return m_key; }
    const KeyHeader &header() const { return m_header; }
    const StringSlice &string() const { return m_string; }
    /// Of a module's value once it was read; see rawChanged.
    const std::optional<RawValue> &raw() const { return m_raw; }
    const Error &error() const { return m_error; } ///< while Failed
    /// An edit of this key with what is known of it.
    Edit editOf(EditChange change) const;

Q_SIGNALS:
    void opened();        ///< another key, or the same read anew: everything may differ
    void headerChanged(); ///< type, TTL, length or state; the elements are as they were
    void stringChanged();
    void rawChanged();
    void renamed();       ///< ref() has the new name

private:
    void readHeader(bool anew);
    void setGone();
    void readString(std::int64_t maxBytes);

    SourceSession &m_session;
    KeyRef m_key;
    State m_state = State::Empty;
    KeyHeader m_header;
    StringSlice m_string;
    std::optional<RawValue> m_raw;
    Error m_error;
    std::uint64_t m_generation = 0;
};

} // namespace keyloupe
