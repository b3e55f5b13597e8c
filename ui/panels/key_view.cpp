// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/key_view.h"

#include "core/async/on_ready.h"
#include "core/base/clock.h"
#include "core/base/escape.h"
#include "core/base/number.h"
#include "ui/format/error_text.h"
#include "ui/format/human.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/theme/type_badge.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QStackedWidget>
#include <QTableWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace keyloupe {
namespace {

constexpr std::int64_t kTextBytes = 256 * 1024; // of a string shown at once
constexpr int kElements = 200;                  // of a collection shown at once
constexpr int kCellChars = 2000;

Command lengthCommand(const QByteArray &type, const QByteArray &key)
{
    if (type == "list")
        return Command{"LLEN", key};
    if (type == "set")
        return Command{"SCARD", key};
    if (type == "zset")
        return Command{"ZCARD", key};
    if (type == "hash")
        return Command{"HLEN", key};
    if (type == "stream")
        return Command{"XLEN", key};
    return Command{"STRLEN", key};
}

Command pageCommand(const QByteArray &type, const QByteArray &key)
{
    const QByteArray count = QByteArray::number(kElements);
    const QByteArray last = QByteArray::number(kElements - 1);
    if (type == "list")
        return Command{"LRANGE", key, "0", last};
    if (type == "set")
        return Command{"SSCAN", key, "0", "COUNT", count};
    if (type == "zset")
        return Command{"ZRANGE", key, "0", last, "WITHSCORES"};
    if (type == "hash")
        return Command{"HSCAN", key, "0", "COUNT", count};
    if (type == "stream")
        return Command{"XRANGE", key, "-", "+", "COUNT", count};
    return Command{"GETRANGE", key, "0", QByteArray::number(qint64(kTextBytes - 1))};
}

QStringList columnsOf(const QByteArray &type)
{
    if (type == "list")
        return {KeyView::tr("Index"), KeyView::tr("Element")};
    if (type == "zset")
        return {KeyView::tr("Score"), KeyView::tr("Member")};
    if (type == "hash")
        return {KeyView::tr("Field"), KeyView::tr("Value")};
    if (type == "stream")
        return {KeyView::tr("Id"), KeyView::tr("Fields")};
    return {KeyView::tr("Member")};
}

using Row = std::vector<QString>;

QString cell(const QByteArray &bytes)
{
    return displayText(bytes, kCellChars);
}

// RESP3 gives scores as pairs, RESP2 flat behind their members.
void addScored(std::vector<Row> &rows, const std::vector<RespValue> &items)
{
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (items[i].items.size() == 2) {
            rows.push_back({QString::fromLatin1(formatDouble(items[i].items[1].toDouble())), cell(items[i].items[0].bytes)});
        } else if (i + 1 < items.size()) {
            rows.push_back({QString::fromLatin1(formatDouble(items[i + 1].toDouble())), cell(items[i].bytes)});
            ++i;
        }
    }
}

std::vector<Row> rowsOf(const QByteArray &type, const RespValue &page)
{
    std::vector<Row> rows;
    if (type == "zset") {
        addScored(rows, page.items);
        return rows;
    }
    const bool isScan = type == "hash" || type == "set";
    const std::vector<RespValue> none;
    const std::vector<RespValue> &items = !isScan ? page.items : page.items.size() == 2 ? page.items[1].items : none;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (type == "list") {
            rows.push_back({groupedNumber(std::int64_t(i)), cell(items[i].bytes)});
        } else if (type == "set") {
            rows.push_back({cell(items[i].bytes)});
        } else if (type == "hash" && i + 1 < items.size()) {
            rows.push_back({cell(items[i].bytes), cell(items[i + 1].bytes)});
            ++i;
        } else if (type == "stream" && items[i].items.size() == 2) {
            QStringList fields;
            const std::vector<RespValue> &pairs = items[i].items[1].items;
            for (std::size_t p = 0; p + 1 < pairs.size(); p += 2)
                fields.append(cell(pairs[p].bytes) + QStringLiteral(": ") + cell(pairs[p + 1].bytes));
            rows.push_back({cell(items[i].items[0].bytes), fields.join(QStringLiteral("   "))});
        }
    }
    return rows;
}

} // namespace

KeyView::KeyView(SourceSession &session, QWidget *parent)
    : QWidget(parent), m_session(session), m_badge(new TypeBadge), m_name(new QLabel), m_ttl(new QLabel), m_facts(new QLabel), m_note(new QLabel),
      m_pages(new QStackedWidget), m_text(new QPlainTextEdit), m_table(new QTableWidget)
{
    m_name->setTextFormat(Qt::PlainText);
    m_name->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_name->setFont(monoFont());
    m_name->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_facts->setProperty("tone", QStringLiteral("muted"));
    m_note->setProperty("role", QStringLiteral("caption"));
    m_text->setReadOnly(true);
    m_text->setFont(monoFont());
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->setAccessibleName(tr("Value"));
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setAlternatingRowColors(true);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(28);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->setFont(monoFont());
    m_table->setAccessibleName(tr("Elements"));
    m_pages->addWidget(m_text);
    m_pages->addWidget(m_table);

    auto *refresh = new QToolButton;
    refresh->setIcon(themedIcon(QStringLiteral("refresh")));
    refresh->setToolTip(tr("Refresh (F5)"));
    refresh->setAccessibleName(tr("Refresh"));
    refresh->setShortcut(QKeySequence(Qt::Key_F5));
    connect(refresh, &QToolButton::clicked, this, [this] { open(m_key); });

    auto *bar = new QFrame;
    bar->setProperty("bar", true);
    auto *line = new QHBoxLayout(bar);
    line->setContentsMargins(space::kM, space::kS, space::kS, space::kS);
    line->setSpacing(space::kM);
    line->addWidget(m_badge);
    line->addWidget(m_name, 1);
    line->addWidget(m_ttl);
    line->addWidget(m_facts);
    line->addWidget(refresh);
    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(space::kM, space::kXs, space::kM, space::kXs);
    foot->addWidget(m_note);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(bar);
    layout->addWidget(m_pages, 1);
    layout->addLayout(foot);

    connect(&m_clock, &QTimer::timeout, this, &KeyView::showTtl);
    m_clock.start(1000);
}

void KeyView::open(const KeyRef &key)
{
    m_key = key;
    const std::uint64_t generation = ++m_generation;
    m_name->setText(displayText(key.key, 512));
    m_name->setToolTip(m_name->text());
    ExecOptions options;
    options.db = key.db;

    std::vector<Command> commands{Command{"TYPE", key.key}, Command{"PTTL", key.key}, Command{"OBJECT", "ENCODING", key.key},
                                  Command{"MEMORY", "USAGE", key.key}};
    onReady(m_session.source().execute(std::move(commands), options), this, [this, generation](Result<std::vector<RespValue>> replies) {
        if (generation != m_generation)
            return;
        if (!replies.ok())
            return showText(errorLine(replies.error()), {});
        takeHeader(*replies);
    });
}

void KeyView::takeHeader(const std::vector<RespValue> &replies)
{
    const QByteArray type = replies[0].bytes;
    m_badge->setTypeName(replies[0].isError() || type == "none" ? QByteArray() : type);
    if (replies[0].isError())
        return showText(errorLine(errorFromReply(replies[0])), {});
    if (type == "none") {
        m_ttl->clear();
        m_facts->clear();
        return showText(tr("This key is gone: it was deleted or has expired."), {});
    }
    const std::int64_t ttl = replies[1].toInteger(-1);
    const FileActions *file = m_session.source().fileActions();
    m_expireAtMs = ttl < 0 ? -1 : (file ? file->nowMs() : systemNowMs()) + ttl;
    showTtl();
    QStringList facts;
    if (replies[2].isText())
        facts.append(QString::fromLatin1(replies[2].bytes));
    if (replies[3].kind == RespValue::Kind::Integer)
        facts.append(humanBytes(replies[3].integer));
    m_facts->setText(facts.join(QStringLiteral(" · ")));
    ExecOptions options;
    options.db = m_key.db;
    onReady(m_session.source().execute(lengthCommand(type, m_key.key), options), this,
            [this, type, generation = m_generation](Result<RespValue> length) {
                if (generation == m_generation)
                    readPage(type, length.ok() ? length->toInteger(-1) : -1);
            });
}

void KeyView::readPage(const QByteArray &type, std::int64_t length)
{
    const bool known = type == "string" || type == "list" || type == "set" || type == "zset" || type == "hash" || type == "stream";
    if (!known)
        return showText(tr("Only the module that made this value can show it."), {});
    ExecOptions options;
    options.db = m_key.db;
    onReady(m_session.source().execute(pageCommand(type, m_key.key), options), this,
            [this, type, length, generation = m_generation](Result<RespValue> page) {
                if (generation != m_generation)
                    return;
                if (!page.ok())
                    return showText(errorLine(page.error()), {});
                if (page->isError())
                    return showText(errorLine(errorFromReply(*page)), {});
                if (type == "string")
                    showString(*page, length);
                else
                    showElements(type, *page, length);
            });
}

void KeyView::showString(const RespValue &value, std::int64_t length)
{
    const bool isText = isUtf8(value.bytes);
    QString note = tr("%1 · %2").arg(humanBytes(std::max<std::int64_t>(length, value.bytes.size())), isText ? tr("text") : tr("binary, escaped"));
    if (length > value.bytes.size())
        note = tr("first %1 of %2").arg(humanBytes(value.bytes.size()), note);
    showText(isText ? QString::fromUtf8(value.bytes) : QString::fromLatin1(quoteBytes(value.bytes)), note);
}

void KeyView::showElements(const QByteArray &type, const RespValue &page, std::int64_t length)
{
    const std::vector<Row> rows = rowsOf(type, page);
    const QStringList columns = columnsOf(type);
    m_table->clear();
    m_table->setColumnCount(int(columns.size()));
    m_table->setHorizontalHeaderLabels(columns);
    m_table->setRowCount(int(rows.size()));
    for (std::size_t row = 0; row < rows.size(); ++row) {
        for (std::size_t column = 0; column < rows[row].size(); ++column)
            m_table->setItem(int(row), int(column), new QTableWidgetItem(rows[row][column]));
    }
    if (columns.size() > 1) {
        m_table->resizeColumnToContents(0);
        m_table->setColumnWidth(0, std::clamp(m_table->columnWidth(0) + space::kL, 96, 360));
    }
    const auto shown = std::int64_t(rows.size());
    m_note->setText(length > shown ? tr("%1 of %2 elements").arg(groupedNumber(shown), groupedNumber(length)) : tr("%1 elements").arg(groupedNumber(shown)));
    m_pages->setCurrentWidget(m_table);
}

void KeyView::showText(const QString &text, const QString &note)
{
    m_text->setPlainText(text);
    m_note->setText(note);
    m_pages->setCurrentWidget(m_text);
}

void KeyView::showTtl()
{
    if (m_expireAtMs < 0) {
        m_ttl->setText(m_badge->accessibleName().isEmpty() ? QString() : ttlText(-1));
        m_ttl->setToolTip({});
        return;
    }
    const FileActions *file = m_session.source().fileActions();
    m_ttl->setText(ttlText(std::max<std::int64_t>(0, m_expireAtMs - (file ? file->nowMs() : systemNowMs()))));
    m_ttl->setToolTip(tr("Expires %1").arg(momentText(m_expireAtMs)));
}

} // namespace keyloupe
