// SPDX-License-Identifier: GPL-3.0-or-later
//
// Overview: what a source is and how it is doing, in cards, and every field of INFO in a table. Of a server it follows the
// sampler; of a file it asks once and again after changes.
#include "core/async/on_ready.h"
#include "core/base/escape.h"
#include "core/monitor/info_parser.h"
#include "core/monitor/sampler.h"
#include "ui/format/human.h"
#include "ui/format/units.h"
#include "ui/models/damage_model.h"
#include "ui/models/info_table_model.h"
#include "ui/models/keyspace_model.h"
#include "ui/models/source_session.h"
#include "ui/panels/panel.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/views/auto_grid_layout.h"
#include "ui/views/fact_card.h"
#include "ui/views/notice_bar.h"
#include "ui/views/plain_table.h"

#include <QAction>
#include <QClipboard>
#include <QCoreApplication>
#include <QDir>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QScrollArea>
#include <QSortFilterProxyModel>
#include <QTabWidget>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace keyloupe {
namespace {

constexpr int kMinCardWidth = 290;
constexpr int kRowHeight = 24;
constexpr int kMaxTableRows = 10;

// Reads an INFO answer in the words of the cards.
class InfoWords
{
public:
    explicit InfoWords(const InfoSnapshot &info) : m_info(info) { }

    QString text(const char *section, const char *name) const
    {
        const QByteArray value = m_info.text(section, name);
        return value.isEmpty() ? QString(QChar(0x2013)) : displayText(value, 200);
    }
    std::int64_t integer(const char *section, const char *name) const { return m_info.integer(section, name); }
    bool has(const char *section, const char *name) const { return m_info.contains(section, name); }
    QString count(const char *section, const char *name) const
    {
        return has(section, name) ? groupedNumber(integer(section, name)) : QString(QChar(0x2013));
    }
    QString bytes(const char *section, const char *name) const
    {
        return has(section, name) ? humanBytes(integer(section, name)) : QString(QChar(0x2013));
    }
    QString exactBytes(const char *section, const char *name) const
    {
        return QCoreApplication::translate("Overview", "%1 bytes").arg(groupedNumber(integer(section, name)));
    }

private:
    const InfoSnapshot &m_info;
};

} // namespace

class OverviewPanel : public QWidget
{
    Q_OBJECT

public:
    OverviewPanel(SourceSession &session, QWidget *parent);

protected:
    void showEvent(QShowEvent *event) override;

private:
    QWidget *makeSummary();
    QWidget *makeFields();
    QFrame *makeTableCard(const QString &title, QTableView *table, QLabel **heading);
    FactCard *addCard(const QString &title);
    void fitTable(QTableView *table);
    void makeDamageActions();
    void openDamagedKey(const QModelIndex &row);
    void showNotes();

    void askFile();
    void update();
    void show(const InfoSnapshot &info);
    void showServer(const InfoWords &info);
    void showMemory(const InfoWords &info);
    void showClients(const InfoWords &info);
    void showCache(const InfoSnapshot &info);
    void showPersistence(const InfoWords &info);
    void showReplication(const InfoSnapshot &info);
    void showFile(const InfoSnapshot &info);
    void showContents(const InfoSnapshot &info);
    void showDamage(const InfoSnapshot &info);

    SourceSession &m_session;
    bool m_isFile;
    InfoSnapshot m_fileInfo;
    InfoTableModel *m_fields;
    KeyspaceModel *m_keyspace;
    DamageModel *m_damage;
    QSortFilterProxyModel *m_filtered;
    AutoGridLayout *m_cards;
    FactCard *m_server = nullptr;
    FactCard *m_memory = nullptr;
    FactCard *m_clients = nullptr;
    FactCard *m_cache = nullptr;
    FactCard *m_persistence = nullptr;
    FactCard *m_replication = nullptr;
    FactCard *m_file = nullptr;
    FactCard *m_contents = nullptr;
    FactCard *m_soundness = nullptr;
    QTableView *m_keyspaceTable = nullptr;
    QTableView *m_damageTable = nullptr;
    QFrame *m_damageCard = nullptr;
    NoticeBar *m_notes = nullptr; // what is worth knowing of a file and is no damage
    QLabel *m_keyspaceTitle = nullptr;
    QLabel *m_damageTitle = nullptr;
    bool m_isStale = true;
};

OverviewPanel::OverviewPanel(SourceSession &session, QWidget *parent)
    : QWidget(parent), m_session(session), m_isFile(session.sampler() == nullptr), m_fields(new InfoTableModel(this)),
      m_keyspace(new KeyspaceModel(this)), m_damage(new DamageModel(this)), m_filtered(new QSortFilterProxyModel(this)),
      m_cards(new AutoGridLayout(kMinCardWidth, 3, space::kS))
{
    m_filtered->setSourceModel(m_fields);
    m_filtered->setFilterKeyColumn(-1);
    m_filtered->setFilterCaseSensitivity(Qt::CaseInsensitive);
    auto *tabs = new QTabWidget(this);
    tabs->setDocumentMode(true);
    tabs->addTab(makeSummary(), tr("Summary"));
    tabs->addTab(makeFields(), tr("All fields"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(tabs);

    Source &source = session.source();
    connect(&source, &Source::stateChanged, this, [this] {
        m_isStale = true;
        update();
    });
    connect(&source, &Source::infoChanged, this, &OverviewPanel::update);
    if (Sampler *sampler = session.sampler()) {
        connect(sampler, &Sampler::sampled, this, &OverviewPanel::update);
    } else {
        const auto again = [this] {
            m_isStale = true;
            update();
        };
        connect(&source, &Source::progressChanged, this, [this, again] {
            if (m_session.isWhole()) // with all keys, where the first ones were counted
                again();
        });
        connect(&session, &SourceSession::databasesChanged, this, again);
        connect(&session, &SourceSession::keyCreated, this, again);
        connect(&session, &SourceSession::keyDeleted, this, again);
        if (FileActions *file = source.fileActions())
            connect(file, &FileActions::modifiedChanged, this, again);
    }
}

FactCard *OverviewPanel::addCard(const QString &title)
{
    auto *card = new FactCard(title, this);
    m_cards->addWidget(card);
    return card;
}

QFrame *OverviewPanel::makeTableCard(const QString &title, QTableView *table, QLabel **heading)
{
    auto *card = new QFrame(this);
    card->setProperty("card", true);
    *heading = new QLabel(title, card);
    (*heading)->setProperty("role", QStringLiteral("title"));
    auto *column = new QVBoxLayout(card);
    column->setContentsMargins(space::kM, space::kM, space::kM, space::kM);
    column->setSpacing(space::kS);
    column->addWidget(*heading);
    column->addWidget(table);
    return card;
}

QWidget *OverviewPanel::makeSummary()
{
    if (m_isFile) {
        m_file = addCard(tr("File"));
        m_contents = addCard(tr("Contents"));
        m_soundness = addCard(tr("Soundness"));
    } else {
        m_server = addCard(tr("Server"));
        m_memory = addCard(tr("Memory"));
        m_cache = addCard(tr("Cache"));
        m_clients = addCard(tr("Clients"));
        m_persistence = addCard(tr("Persistence"));
        m_replication = addCard(tr("Replication"));
    }
    auto *content = new QWidget(this);
    m_keyspaceTable = makePlainTable(m_keyspace, tr("Databases"), content);
    m_keyspaceTable->setSelectionMode(QAbstractItemView::NoSelection);
    m_keyspaceTable->setFocusPolicy(Qt::NoFocus);
    m_keyspaceTable->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_damageTable = makePlainTable(m_damage, tr("Damaged places"), content);
    m_damageTable->setObjectName(QStringLiteral("damage"));
    m_damageTable->horizontalHeader()->setStretchLastSection(true);
    m_damageTable->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_damageTable->setColumnWidth(DamageModel::Key, 260);
    QFrame *databases = makeTableCard(tr("Databases"), m_keyspaceTable, &m_keyspaceTitle);
    m_damageCard = makeTableCard(tr("Damage"), m_damageTable, &m_damageTitle);
    m_damageCard->hide();
    m_notes = new NoticeBar(NoticeBar::Tone::Info, NoticeBar::Buttons::Beside, content);
    makeDamageActions();

    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(space::kM, space::kM, space::kM, space::kM);
    column->setSpacing(space::kS);
    column->addWidget(m_notes);
    column->addLayout(m_cards);
    column->addWidget(m_damageCard);
    column->addWidget(databases);
    column->addStretch(1);
    auto *scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(content);
    return scroll;
}

void OverviewPanel::makeDamageActions()
{
    m_damageTable->setAccessibleDescription(tr("Enter opens the key that was hit"));
    connect(m_damageTable, &QTableView::activated, this, &OverviewPanel::openDamagedKey);
    m_damageTable->setContextMenuPolicy(Qt::ActionsContextMenu);
    auto *open = new QAction(themedIcon(QStringLiteral("key")), tr("Open the key"), m_damageTable);
    connect(open, &QAction::triggered, this, [this] { openDamagedKey(m_damageTable->currentIndex()); });
    connect(m_damageTable->selectionModel(), &QItemSelectionModel::currentChanged, open,
            [open](const QModelIndex &row) { open->setEnabled(!row.data(DamageModel::KeyRole).toByteArray().isEmpty()); });
    auto *copy = new QAction(themedIcon(QStringLiteral("copy")), tr("Copy"), m_damageTable);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    connect(copy, &QAction::triggered, this, [this] {
        std::vector<int> rows;
        for (const QModelIndex &row : m_damageTable->selectionModel()->selectedRows())
            rows.push_back(row.row());
        std::sort(rows.begin(), rows.end());
        QGuiApplication::clipboard()->setText(m_damage->textOf(rows));
    });
    auto *copyAll = new QAction(tr("Copy all"), m_damageTable);
    connect(copyAll, &QAction::triggered, this, [this] {
        std::vector<int> rows(std::size_t(m_damage->rowCount()));
        std::iota(rows.begin(), rows.end(), 0);
        QGuiApplication::clipboard()->setText(m_damage->textOf(rows));
    });
    m_damageTable->addActions({open, copy, copyAll});
}

// What stands in a damaged place can often still be read in part, or renamed, or deleted.
void OverviewPanel::openDamagedKey(const QModelIndex &row)
{
    const QByteArray key = row.data(DamageModel::KeyRole).toByteArray();
    if (!key.isEmpty())
        Q_EMIT m_session.openKeyRequested({row.data(DamageModel::DbRole).toInt(), key}, false);
}

QWidget *OverviewPanel::makeFields()
{
    auto *page = new QWidget(this);
    auto *filter = new QLineEdit(page);
    filter->setPlaceholderText(tr("Filter by section, field or value"));
    filter->setClearButtonEnabled(true);
    filter->setAccessibleName(tr("Filter fields"));
    connect(filter, &QLineEdit::textChanged, m_filtered, &QSortFilterProxyModel::setFilterFixedString);
    QTableView *table = makePlainTable(m_filtered, tr("All fields"), page);
    table->setColumnWidth(InfoTableModel::Section, 150);
    table->setColumnWidth(InfoTableModel::Name, 320);
    table->horizontalHeader()->setStretchLastSection(true);
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(space::kM, space::kM, space::kM, space::kM);
    column->setSpacing(space::kS);
    column->addWidget(filter);
    column->addWidget(table, 1);
    return page;
}

// As high as its rows, so that the page scrolls and not the table in it.
void OverviewPanel::fitTable(QTableView *table)
{
    const int rows = std::clamp(table->model()->rowCount(), 1, kMaxTableRows);
    table->setFixedHeight(table->horizontalHeader()->sizeHint().height() + rows * kRowHeight + 2 * table->frameWidth() + 2);
}

void OverviewPanel::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    update();
}

void OverviewPanel::update()
{
    if (!isVisible())
        return;
    if (Sampler *sampler = m_session.sampler()) {
        show(sampler->latest());
        return;
    }
    show(m_fileInfo);
    if (m_isStale && m_session.source().state() == SourceState::Ready)
        askFile();
}

void OverviewPanel::askFile()
{
    m_isStale = false;
    ExecOptions options;
    options.background = true;
    onReady(m_session.source().execute(Command{"INFO"}, options), this, [this](const Result<RespValue> &reply) {
        const Result<RespValue> value = reply.ok() ? unwrapReply(*reply) : Result<RespValue>(reply.error());
        if (!value.ok()) {
            if (value.error().code != Errc::Cancelled)
                Q_EMIT m_session.errorPosted(tr("Reading the overview"), value.error());
            return;
        }
        m_fileInfo = parseInfo(value->bytes);
        show(m_fileInfo);
    });
}

void OverviewPanel::show(const InfoSnapshot &info)
{
    const InfoWords words(info);
    if (m_isFile) {
        showFile(info);
        showContents(info);
        showDamage(info);
        showNotes();
    } else {
        showServer(words);
        showMemory(words);
        showCache(info);
        showClients(words);
        showPersistence(words);
        showReplication(info);
    }
    m_fields->setInfo(info);
    std::vector<KeyspaceRow> rows = keyspaceRows(info);
    m_keyspaceTitle->setText(rows.empty() && !info.isEmpty() ? tr("Databases: no keys") : tr("Databases"));
    m_keyspace->setRows(std::move(rows));
    m_keyspaceTable->setVisible(m_keyspace->rowCount() > 0);
    fitTable(m_keyspaceTable);
}

void OverviewPanel::showServer(const InfoWords &info)
{
    const SourceInfo source = m_session.source().info();
    const bool isValkey = info.has("Server", "valkey_version");
    const QString version = isValkey ? info.text("Server", "valkey_version") : info.text("Server", "redis_version");
    QString product = (isValkey ? QStringLiteral("Valkey ") : QStringLiteral("Redis ")) + version;
    if (info.text("Server", "server_name") == QLatin1String("keyloupe"))
        product = tr("Keyloupe, as %1").arg(product);
    const QString mode = info.has("Server", "server_mode") ? info.text("Server", "server_mode") : info.text("Server", "redis_mode");
    m_server->setFacts({
            {tr("Address"), source.location.isEmpty() ? source.title : source.location},
            {tr("Version"), product},
            {tr("Mode"), mode},
            {tr("Up for"), humanDuration(info.integer("Server", "uptime_in_seconds") * 1000)},
            {tr("System"), info.text("Server", "os")},
            {tr("Configuration"), info.has("Server", "config_file") && info.text("Server", "config_file").size() > 1 ? info.text("Server", "config_file") : tr("no file")},
    });
}

void OverviewPanel::showMemory(const InfoWords &info)
{
    const std::int64_t used = info.integer("Memory", "used_memory");
    const std::int64_t limit = info.integer("Memory", "maxmemory");
    const double share = limit > 0 ? double(used) / double(limit) : -1;
    m_memory->setBar(share);
    m_memory->setFacts({
            {tr("Used"), limit > 0 ? tr("%1 (%2)").arg(info.bytes("Memory", "used_memory"), unitText(share, ValueUnit::Ratio)) : info.bytes("Memory", "used_memory"),
             info.exactBytes("Memory", "used_memory")},
            {tr("Limit"), limit > 0 ? info.bytes("Memory", "maxmemory") : tr("none"), info.exactBytes("Memory", "maxmemory")},
            {tr("Resident"), info.bytes("Memory", "used_memory_rss"), info.exactBytes("Memory", "used_memory_rss")},
            {tr("Peak"), info.bytes("Memory", "used_memory_peak"), info.exactBytes("Memory", "used_memory_peak")},
            {tr("When full"), info.text("Memory", "maxmemory_policy")},
            // The ratio says nothing while little is used: the process itself weighs more.
            {tr("Fragmentation"), used < (64 << 20) ? tr("too little used to tell") : info.text("Memory", "mem_fragmentation_ratio")},
    });
}

void OverviewPanel::showCache(const InfoSnapshot &info)
{
    const InfoWords words(info);
    const double hits = info.number("Stats", "keyspace_hits");
    const double all = hits + info.number("Stats", "keyspace_misses");
    m_cache->setBar(all > 0 ? hits / all : -1);
    m_cache->setFacts({
            {tr("Hit ratio since start"), all > 0 ? unitText(hits / all, ValueUnit::Ratio) : tr("no traffic")},
            {tr("Hits"), words.count("Stats", "keyspace_hits")},
            {tr("Misses"), words.count("Stats", "keyspace_misses")},
            {tr("Expired"), words.count("Stats", "expired_keys")},
            {tr("Evicted"), words.count("Stats", "evicted_keys")},
            {tr("Commands"), words.count("Stats", "total_commands_processed")},
    });
}

void OverviewPanel::showClients(const InfoWords &info)
{
    const QString most = info.has("Clients", "maxclients") ? tr(" of %1").arg(info.count("Clients", "maxclients")) : QString();
    const bool rejected = info.integer("Stats", "rejected_connections") > 0;
    m_clients->setFacts({
            {tr("Connected"), info.count("Clients", "connected_clients") + most},
            {tr("Blocked"), info.count("Clients", "blocked_clients")},
            {tr("Connections since start"), info.count("Stats", "total_connections_received")},
            {tr("Rejected"), info.count("Stats", "rejected_connections"), {}, rejected ? QStringLiteral("danger") : QString()},
            {tr("Received"), info.bytes("Stats", "total_net_input_bytes")},
            {tr("Sent"), info.bytes("Stats", "total_net_output_bytes")},
    });
}

void OverviewPanel::showPersistence(const InfoWords &info)
{
    const std::int64_t lastSave = info.integer("Persistence", "rdb_last_save_time");
    const auto state = [&](const char *field) -> Fact {
        const QString value = info.text("Persistence", field);
        const bool isBad = value != QLatin1String("ok") && value.size() > 1;
        return {{}, isBad ? tr("failed") : value.size() > 1 ? tr("good") : value, value, isBad ? QStringLiteral("danger") : QString()};
    };
    Fact saved = state("rdb_last_bgsave_status");
    saved.label = tr("Last background save");
    std::vector<Fact> facts{
            {tr("Last save"), lastSave > 0 ? momentText(lastSave * 1000) : QString(QChar(0x2013))},
            saved,
            {tr("Changes since"), info.count("Persistence", "rdb_changes_since_last_save")},
            {tr("Append-only file"), info.integer("Persistence", "aof_enabled") != 0 ? tr("on") : tr("off")},
    };
    if (info.integer("Persistence", "aof_enabled") != 0) {
        Fact written = state("aof_last_write_status");
        written.label = tr("Last write to it");
        facts.push_back(written);
    }
    if (info.integer("Persistence", "loading") != 0)
        facts.push_back({tr("Now"), tr("loading its data"), {}, QStringLiteral("warning")});
    m_persistence->setFacts(facts);
}

void OverviewPanel::showReplication(const InfoSnapshot &info)
{
    const InfoWords words(info);
    const QByteArray role = info.text("Replication", "role");
    const bool isReplica = role == "slave" || role == "replica";
    std::vector<Fact> facts{{tr("Role"), role.isEmpty() ? QString(QChar(0x2013)) : isReplica ? tr("replica") : tr("primary")}};
    if (isReplica) {
        const bool up = info.text("Replication", "master_link_status") == "up";
        facts.push_back({tr("Primary"), words.text("Replication", "master_host") + QLatin1Char(':') + words.text("Replication", "master_port")});
        facts.push_back({tr("Link"), up ? tr("up") : tr("down"), {}, up ? QString() : QStringLiteral("danger")});
        facts.push_back({tr("Heard from it"), tr("%1 ago").arg(humanDuration(info.integer("Replication", "master_last_io_seconds_ago") * 1000))});
    }
    const std::int64_t offset = info.integer("Replication", "master_repl_offset");
    facts.push_back({tr("Replicas"), words.count("Replication", "connected_slaves")});
    for (const InfoField &field : info.fields()) {
        bool isNumber = false;
        if (field.section != "Replication" || !field.name.startsWith("slave"))
            continue;
        field.name.mid(5).toInt(&isNumber);
        if (!isNumber || facts.size() >= 7)
            continue;
        QString address;
        QString state;
        std::int64_t behind = 0;
        for (const auto &[name, value] : infoPairs(field.value)) {
            if (name == "ip")
                address = displayText(value);
            else if (name == "port")
                address += QLatin1Char(':') + displayText(value);
            else if (name == "state")
                state = displayText(value);
            else if (name == "offset")
                behind = std::max<std::int64_t>(0, offset - value.toLongLong());
        }
        facts.push_back({address, tr("%1, %2 behind").arg(state, humanBytes(behind)), displayText(field.value)});
    }
    m_replication->setFacts(facts);
}

void OverviewPanel::showFile(const InfoSnapshot &info)
{
    const InfoWords words(info);
    const SourceInfo source = m_session.source().info();
    const FileActions *file = m_session.source().fileActions();
    const QString path = file ? file->path() : source.location;
    QString writtenBy = QString(QChar(0x2013));
    if (words.has("Snapshot", "aux_valkey-ver"))
        writtenBy = QStringLiteral("Valkey ") + words.text("Snapshot", "aux_valkey-ver");
    else if (words.has("Snapshot", "aux_redis-ver"))
        writtenBy = QStringLiteral("Redis ") + words.text("Snapshot", "aux_redis-ver");
    const std::int64_t written = words.integer("Snapshot", "rdb_ctime_ms");
    // Of an append-only file INFO knows the RDB in front only.
    const std::int64_t size = file && file->sizeBytes() >= 0 ? file->sizeBytes() : words.has("Snapshot", "rdb_file_size") ? words.integer("Snapshot", "rdb_file_size") : -1;
    m_file->setFacts({
            {tr("Path"), QDir::toNativeSeparators(path)},
            {tr("Size"), size < 0 ? QString(QChar(0x2013)) : humanBytes(size), tr("%1 bytes").arg(groupedNumber(size))},
            {tr("Format"), source.version.isEmpty() ? QString(QChar(0x2013)) : source.version},
            {tr("Written by"), writtenBy},
            {tr("Written"), written > 0 ? momentText(written) : tr("not said")},
    });
}

void OverviewPanel::showContents(const InfoSnapshot &info)
{
    std::int64_t keys = 0;
    std::int64_t expires = 0;
    const std::vector<KeyspaceRow> rows = keyspaceRows(info);
    for (const KeyspaceRow &row : rows) {
        keys += row.keys;
        expires += row.expires;
    }
    const FileActions *file = m_session.source().fileActions();
    m_contents->setFacts({
            {tr("Databases"), groupedNumber(std::int64_t(rows.size()))},
            {tr("Keys"), groupedNumber(keys)},
            {tr("With TTL"), groupedNumber(expires)},
            {tr("Judged as of"), file ? momentText(file->nowMs()) : QString(QChar(0x2013)),
             tr("A key counts as expired when its time was over at this moment")},
            {tr("Unsaved changes"), file && file->isModified() ? tr("yes") : tr("none"), {},
             file && file->isModified() ? QStringLiteral("warning") : QString()},
    });
}

void OverviewPanel::showDamage(const InfoSnapshot &info)
{
    const FileActions *file = m_session.source().fileActions();
    const std::vector<FileDamage> damage = file ? file->damage() : std::vector<FileDamage>();
    const QByteArray checksum = info.text("Snapshot", "rdb_checksum");
    const bool isKnown = !checksum.isEmpty();
    const bool isComplete = info.integer("Snapshot", "rdb_complete", 1) != 0;
    const bool isBad = checksum == "bad" || !isComplete;
    const QString checked = !isKnown             ? QString(QChar(0x2013))
            : checksum == "ok"                    ? tr("matches")
            : checksum == "bad"                   ? tr("does not match")
            : checksum == "absent"                ? tr("written without one")
                                                  : tr("not reached");
    const QString danger = QStringLiteral("danger");
    const bool isSound = damage.empty() && !isBad;
    m_soundness->setFacts({
            {tr("State"), isSound ? tr("sound") : tr("damaged"), {}, isSound ? QStringLiteral("success") : danger},
            {tr("Checksum"), checked, {}, checksum == "bad" ? danger : QString()},
            {tr("End of file"), isComplete ? tr("reached") : tr("cut off"), {}, isComplete ? QString() : danger},
            {tr("Damaged places"), groupedNumber(std::int64_t(damage.size())), {}, damage.empty() ? QString() : danger},
    });
    if (int(damage.size()) != m_damage->rowCount())
        m_damage->setDamage(damage);
    m_damageCard->setVisible(!damage.empty());
    fitTable(m_damageTable);
}

void OverviewPanel::showNotes()
{
    const FileActions *file = m_session.source().fileActions();
    QStringList lines;
    for (QString note : file ? file->notes() : QStringList()) {
        if (note.isEmpty())
            continue;
        note[0] = note[0].toUpper();
        lines.append(note.endsWith(QLatin1Char('.')) ? note : note + QLatin1Char('.'));
    }
    m_notes->setText(lines.join(QLatin1Char('\n')));
}

namespace {

class OverviewPanelFactory final : public PanelFactory
{
public:
    QString id() const override { return QStringLiteral("overview"); }
    QString title() const override { return QCoreApplication::translate("Panels", "Overview"); }
    QString iconName() const override { return QStringLiteral("overview"); }
    int order() const override { return 10; }
    bool supports(const SourceSession &, QString *) const override { return true; }
    QWidget *create(SourceSession &session, QWidget *parent) const override { return new OverviewPanel(session, parent); }
};

} // namespace

std::unique_ptr<PanelFactory> makeOverviewPanel()
{
    return std::make_unique<OverviewPanelFactory>();
}

} // namespace keyloupe

#include "overview_panel.moc"
