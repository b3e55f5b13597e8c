// SPDX-License-Identifier: GPL-3.0-or-later
//
// KeyView: one key: its type, TTL, encoding and size, and the first elements of its value. Sends nothing that takes longer
// the larger the value is: strings by GETRANGE, collections by a page. Read-only so far. Late answers are dropped by number.
// GUI thread.
#pragma once

#include "ui/models/source_session.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QStackedWidget;
class QTableWidget;

namespace keyloupe {

class TypeBadge;

class KeyView : public QWidget
{
    Q_OBJECT

public:
    explicit KeyView(SourceSession &session, QWidget *parent = nullptr);

    void open(const KeyRef &key);
    const KeyRef &currentKey() const { return m_key; }

private:
    void takeHeader(const std::vector<RespValue> &replies);
    void readPage(const QByteArray &type, std::int64_t length);
    void showString(const RespValue &value, std::int64_t length);
    void showElements(const QByteArray &type, const RespValue &page, std::int64_t length);
    void showText(const QString &text, const QString &note);
    void showTtl();

    SourceSession &m_session;
    KeyRef m_key;
    std::uint64_t m_generation = 0;
    std::int64_t m_expireAtMs = -1;
    TypeBadge *m_badge;
    QLabel *m_name;
    QLabel *m_ttl;
    QLabel *m_facts;
    QLabel *m_note;
    QStackedWidget *m_pages;
    QPlainTextEdit *m_text;
    QTableWidget *m_table;
    QTimer m_clock;
};

} // namespace keyloupe
