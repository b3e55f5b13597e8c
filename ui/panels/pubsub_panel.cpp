// SPDX-License-Identifier: GPL-3.0-or-later
//
// Pub/Sub: subscribe to channels and patterns, watch messages and rates, look at one, publish. Messages are taken from the
// feed a few times a second; pausing stops the table, never the feed.
#include "core/base/escape.h"
#include "core/base/glob.h"
#include "core/async/on_ready.h"
#include "core/pubsub/message_log.h"
#include "ui/format/error_text.h"
#include "ui/format/human.h"
#include "ui/format/payload_text.h"
#include "ui/format/units.h"
#include "ui/models/channel_model.h"
#include "ui/models/message_model.h"
#include "ui/models/source_session.h"
#include "ui/panels/panel.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/views/flow_layout.h"
#include "ui/views/follow_tail.h"
#include "ui/views/plain_table.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSplitter>
#include <QStackedLayout>
#include <QStyle>
#include <QTableView>
#include <QTimer>
#include <QVBoxLayout>

namespace keyloupe {
namespace {

constexpr int kPullMs = 60;
constexpr int kRatesMs = 1000;
constexpr int kTakeAtOnce = 5000;
constexpr std::size_t kShownChannels = 500;

} // namespace

class PubsubPanel : public QWidget
{
    Q_OBJECT

public:
    PubsubPanel(SourceSession &session, QWidget *parent);

protected:
    void showEvent(QShowEvent *event) override;

private:
    QWidget *makeSubscribeBar();
    QWidget *makeMessages();
    QWidget *makeDetail();
    QWidget *makeChannels();
    QWidget *makePublishBar();
    void addChip(const QByteArray &name, bool isPattern);

    bool ensureFeed();
    void subscribe();
    void updateChips();
    void pull();
    void showRates();
    void showDetail();
    void publish();
    void say(const QString &text, const QString &tone = {});
    void setTone(QLabel *label, const QString &tone);

    SourceSession &m_session;
    MessageLog m_log;
    MessageModel *m_messages;
    ChannelModel *m_channels;
    std::unique_ptr<PubSubFeed> m_feed;
    QTimer m_pullTimer;
    QTimer m_ratesTimer;
    bool m_isPaused = false;
    PubSubMessage m_shown; ///< stays in the detail view when its row is forgotten

    QLineEdit *m_entry = nullptr;
    QPushButton *m_pause = nullptr;
    QWidget *m_chips = nullptr;
    FlowLayout *m_chipFlow = nullptr;
    QLabel *m_notice = nullptr;
    QStackedLayout *m_tableOrHint = nullptr;
    QLabel *m_hint = nullptr;
    QTableView *m_table = nullptr;
    QLabel *m_counts = nullptr;
    QLabel *m_detailHead = nullptr;
    QComboBox *m_form = nullptr;
    QPlainTextEdit *m_detail = nullptr;
    QLineEdit *m_publishChannel = nullptr;
    QLineEdit *m_publishMessage = nullptr;
    QPushButton *m_publish = nullptr;
    QLabel *m_publishAnswer = nullptr;
};

PubsubPanel::PubsubPanel(SourceSession &session, QWidget *parent)
    : QWidget(parent), m_session(session), m_messages(new MessageModel(this)), m_channels(new ChannelModel(this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeSubscribeBar());

    auto *left = new QSplitter(Qt::Vertical, this);
    left->setChildrenCollapsible(false);
    left->addWidget(makeMessages());
    left->addWidget(makeDetail());
    left->setStretchFactor(0, 3);
    left->setStretchFactor(1, 1);
    left->setSizes({420, 160});
    auto *split = new QSplitter(Qt::Horizontal, this);
    split->setChildrenCollapsible(false);
    split->addWidget(left);
    split->addWidget(makeChannels());
    split->setStretchFactor(0, 1);
    split->setSizes({800, 300});
    column->addWidget(split, 1);
    column->addWidget(makePublishBar());

    m_pullTimer.setSingleShot(true);
    m_pullTimer.setInterval(kPullMs);
    connect(&m_pullTimer, &QTimer::timeout, this, &PubsubPanel::pull);
    m_ratesTimer.setInterval(kRatesMs);
    connect(&m_ratesTimer, &QTimer::timeout, this, &PubsubPanel::showRates);
    m_ratesTimer.start();
    updateChips();
    showRates();
    showDetail();
}

QWidget *PubsubPanel::makeSubscribeBar()
{
    auto *bar = new QFrame(this);
    bar->setProperty("bar", true);
    m_entry = new QLineEdit(bar);
    m_entry->setPlaceholderText(tr("Channels or patterns, for example  orders  news.*"));
    m_entry->setToolTip(tr("Several are separated by spaces; names with spaces go in quotes.\nA name with * ? or [ is a pattern."));
    m_entry->setAccessibleName(tr("Channels or patterns"));
    m_entry->setClearButtonEnabled(true);
    connect(m_entry, &QLineEdit::returnPressed, this, &PubsubPanel::subscribe);
    auto *button = new QPushButton(themedIcon(QStringLiteral("plus"), IconTone::OnAccent), tr("Subscribe"), bar);
    button->setProperty("variant", QStringLiteral("primary"));
    connect(button, &QPushButton::clicked, this, &PubsubPanel::subscribe);
    m_pause = new QPushButton(themedIcon(QStringLiteral("pause")), tr("Pause"), bar);
    m_pause->setCheckable(true);
    m_pause->setToolTip(tr("Holds the list still; messages are still received and counted"));
    connect(m_pause, &QPushButton::toggled, this, [this](bool on) {
        m_isPaused = on;
        m_pause->setText(on ? tr("Resume") : tr("Pause"));
        m_pause->setIcon(themedIcon(on ? QStringLiteral("play") : QStringLiteral("pause")));
        if (!on)
            m_messages->follow(m_log);
        showRates();
    });
    auto *clear = new QPushButton(themedIcon(QStringLiteral("trash")), tr("Clear"), bar);
    clear->setToolTip(tr("Empties the list and starts the counts anew"));
    connect(clear, &QPushButton::clicked, this, [this] {
        m_log.clear();
        m_messages->follow(m_log);
        m_shown = {};
        showDetail();
        showRates();
    });
    auto *row = new QHBoxLayout;
    row->setSpacing(space::kS);
    row->addWidget(m_entry, 1);
    row->addWidget(button);
    row->addSpacing(space::kS);
    row->addWidget(m_pause);
    row->addWidget(clear);

    m_chips = new QWidget(bar);
    m_chipFlow = new FlowLayout(space::kXs, m_chips);
    m_notice = new QLabel(bar);
    m_notice->setWordWrap(true);
    m_notice->hide();
    auto *column = new QVBoxLayout(bar);
    column->setContentsMargins(space::kM, space::kS, space::kM, space::kS);
    column->setSpacing(space::kXs);
    column->addLayout(row);
    column->addWidget(m_chips);
    column->addWidget(m_notice);
    return bar;
}

QWidget *PubsubPanel::makeMessages()
{
    auto *box = new QWidget(this);
    auto *tableBox = new QWidget(box);
    m_table = makePlainTable(m_messages, tr("Messages"), tableBox);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setColumnWidth(MessageModel::Time, 104);
    m_table->setColumnWidth(MessageModel::Channel, 190);
    m_table->setColumnWidth(MessageModel::Pattern, 120);
    m_table->horizontalHeader()->setStretchLastSection(true);
    followTail(m_table);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex &current) {
        if (!current.isValid())
            return; // forgotten by the ring: the detail stays
        m_shown = m_messages->messageAt(current.row());
        showDetail();
    });
    m_hint = new QLabel(box);
    m_hint->setAlignment(Qt::AlignCenter);
    m_hint->setWordWrap(true);
    m_hint->setProperty("tone", QStringLiteral("muted"));
    auto *tableColumn = new QVBoxLayout(tableBox);
    tableColumn->setContentsMargins(0, 0, 0, 0);
    tableColumn->addWidget(m_table);
    m_tableOrHint = new QStackedLayout;
    m_tableOrHint->addWidget(m_hint);
    m_tableOrHint->addWidget(tableBox);
    m_counts = new QLabel(box);
    m_counts->setProperty("role", QStringLiteral("caption"));
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(m_tableOrHint, 1);
    m_counts->setContentsMargins(space::kM, space::kXs, space::kM, space::kXs);
    column->addWidget(m_counts);
    return box;
}

QWidget *PubsubPanel::makeDetail()
{
    auto *box = new QWidget(this);
    m_detailHead = new QLabel(box);
    m_detailHead->setProperty("tone", QStringLiteral("muted"));
    m_detailHead->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_form = new QComboBox(box);
    m_form->setAccessibleName(tr("How to show the message"));
    m_form->addItem(tr("Text"));
    m_form->addItem(tr("JSON"));
    m_form->addItem(tr("Hex"));
    connect(m_form, &QComboBox::currentIndexChanged, this, &PubsubPanel::showDetail);
    m_detail = new QPlainTextEdit(box);
    m_detail->setReadOnly(true);
    m_detail->setFont(monoFont());
    m_detail->setAccessibleName(tr("Message"));
    m_detail->setMinimumHeight(60);
    auto *row = new QHBoxLayout;
    row->addWidget(m_detailHead, 1);
    row->addWidget(m_form);
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(space::kM, space::kXs, space::kM, space::kS);
    column->setSpacing(space::kXs);
    column->addLayout(row);
    column->addWidget(m_detail, 1);
    return box;
}

QWidget *PubsubPanel::makeChannels()
{
    auto *box = new QWidget(this);
    auto *heading = new QLabel(tr("Channels"), box);
    heading->setProperty("role", QStringLiteral("title"));
    heading->setContentsMargins(space::kM, space::kS, space::kM, space::kXs);
    QTableView *table = makePlainTable(m_channels, tr("Channels"), box);
    table->setSelectionMode(QAbstractItemView::NoSelection); // rows change places as counts grow
    table->horizontalHeader()->setSectionResizeMode(ChannelModel::Name, QHeaderView::Stretch);
    table->setColumnWidth(ChannelModel::Messages, 84);
    table->setColumnWidth(ChannelModel::Rate, 72);
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(heading);
    column->addWidget(table, 1);
    return box;
}

QWidget *PubsubPanel::makePublishBar()
{
    auto *bar = new QFrame(this);
    bar->setProperty("bar", true);
    m_publishChannel = new QLineEdit(bar);
    m_publishChannel->setPlaceholderText(tr("Channel"));
    m_publishChannel->setAccessibleName(tr("Channel to publish to"));
    m_publishChannel->setMaximumWidth(220);
    m_publishMessage = new QLineEdit(bar);
    m_publishMessage->setPlaceholderText(tr("Message"));
    m_publishMessage->setAccessibleName(tr("Message to publish"));
    m_publish = new QPushButton(themedIcon(QStringLiteral("send")), tr("Publish"), bar);
    m_publish->setEnabled(false);
    m_publishAnswer = new QLabel(bar);
    m_publishAnswer->hide();
    connect(m_publishChannel, &QLineEdit::textChanged, this, [this](const QString &text) { m_publish->setEnabled(!text.isEmpty()); });
    connect(m_publishMessage, &QLineEdit::returnPressed, this, &PubsubPanel::publish);
    connect(m_publish, &QPushButton::clicked, this, &PubsubPanel::publish);
    auto *row = new QHBoxLayout(bar);
    row->setContentsMargins(space::kM, space::kS, space::kM, space::kS);
    row->setSpacing(space::kS);
    row->addWidget(m_publishChannel);
    row->addWidget(m_publishMessage, 1);
    row->addWidget(m_publish);
    row->addWidget(m_publishAnswer);
    return bar;
}

void PubsubPanel::setTone(QLabel *label, const QString &tone)
{
    label->setProperty("tone", tone);
    label->style()->unpolish(label);
    label->style()->polish(label);
}

void PubsubPanel::say(const QString &text, const QString &tone)
{
    m_notice->setText(text);
    setTone(m_notice, tone);
    m_notice->setVisible(!text.isEmpty());
}

bool PubsubPanel::ensureFeed()
{
    if (m_feed)
        return true;
    QString whyNot;
    m_feed = m_session.source().openPubSub(&whyNot);
    if (!m_feed) {
        say(whyNot, QStringLiteral("danger"));
        return false;
    }
    connect(m_feed.get(), &PubSubFeed::messagesAvailable, this, [this] {
        if (!m_pullTimer.isActive())
            m_pullTimer.start(kPullMs);
    });
    connect(m_feed.get(), &PubSubFeed::subscriptionsChanged, this, [this] {
        say({});
        updateChips();
    });
    connect(m_feed.get(), &PubSubFeed::failed, this, [this](const Error &error) {
        say(errorLine(error), QStringLiteral("danger"));
        updateChips();
    });
    return true;
}

void PubsubPanel::subscribe()
{
    const Result<QByteArrayList> names = splitCommandLine(m_entry->text().toUtf8());
    if (!names.ok()) {
        say(tr("A quote is not closed."), QStringLiteral("danger"));
        return;
    }
    QByteArrayList channels;
    QByteArrayList patterns;
    for (const QByteArray &name : *names) {
        if (!name.isEmpty())
            (isLiteralGlob(name) ? channels : patterns).append(name);
    }
    if ((channels.isEmpty() && patterns.isEmpty()) || !ensureFeed())
        return;
    say({});
    if (!channels.isEmpty())
        m_feed->subscribe(channels);
    if (!patterns.isEmpty())
        m_feed->psubscribe(patterns);
    m_entry->clear();
    updateChips();
}

void PubsubPanel::addChip(const QByteArray &name, bool isPattern)
{
    const QString text = displayText(name, 60);
    auto *chip = new QPushButton(themedIcon(QStringLiteral("close")), isPattern ? tr("pattern %1").arg(text) : text, m_chips);
    chip->setLayoutDirection(Qt::RightToLeft); // the cross at the end
    chip->setToolTip(tr("Click to end this subscription"));
    chip->setAccessibleName(tr("End subscription %1").arg(text));
    connect(chip, &QPushButton::clicked, this, [this, name, isPattern] {
        if (isPattern)
            m_feed->punsubscribe({name});
        else
            m_feed->unsubscribe({name});
        updateChips();
    });
    m_chipFlow->addWidget(chip);
}

void PubsubPanel::updateChips()
{
    while (QLayoutItem *item = m_chipFlow->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater(); // it may be the one that was clicked
        delete item;
    }
    QByteArrayList channels = m_feed ? m_feed->channels() : QByteArrayList();
    QByteArrayList patterns = m_feed ? m_feed->patterns() : QByteArrayList();
    std::sort(channels.begin(), channels.end());
    std::sort(patterns.begin(), patterns.end());
    for (const QByteArray &name : channels)
        addChip(name, false);
    for (const QByteArray &name : patterns)
        addChip(name, true);
    const bool any = !channels.isEmpty() || !patterns.isEmpty();
    m_chips->setVisible(any);
    m_chips->updateGeometry();
    m_hint->setText(any ? tr("Waiting for messages…")
                        : tr("No subscription yet.\nName channels or patterns above; * follows everything."));
}

void PubsubPanel::pull()
{
    if (!m_feed)
        return;
    std::vector<PubSubMessage> fresh = m_feed->take(kTakeAtOnce);
    const bool more = int(fresh.size()) == kTakeAtOnce;
    for (PubSubMessage &message : fresh)
        m_log.append(std::move(message));
    m_log.setLostByFeed(m_feed->dropped());
    if (more)
        m_pullTimer.start(0); // let the window live between two bites
    if (isVisible() && !m_isPaused)
        m_messages->follow(m_log);
    m_tableOrHint->setCurrentIndex(m_messages->rowCount() > 0 ? 1 : 0);
}

void PubsubPanel::showRates()
{
    m_tableOrHint->setCurrentIndex(m_messages->rowCount() > 0 ? 1 : 0);
    if (!isVisible())
        return;
    std::vector<ChannelStats> channels = m_log.channels();
    if (channels.size() > kShownChannels)
        channels.resize(kShownChannels);
    m_channels->setChannels(std::move(channels));
    QStringList parts;
    parts << tr("%1 messages").arg(groupedNumber(std::int64_t(m_log.total())));
    parts << unitText(m_log.perSecond(), ValueUnit::CountPerSecond);
    parts << humanBytes(std::int64_t(m_log.totalBytes()));
    if (m_log.forgotten() > 0)
        parts << tr("%1 oldest no longer listed").arg(groupedNumber(std::int64_t(m_log.forgotten())));
    if (m_log.lostByFeed() > 0)
        parts << tr("%1 lost: they came faster than they could be taken").arg(groupedNumber(std::int64_t(m_log.lostByFeed())));
    if (m_isPaused)
        parts << tr("list paused");
    m_counts->setText(parts.join(QStringLiteral("  ·  ")));
}

void PubsubPanel::showDetail()
{
    const bool any = m_shown.timeMs != 0;
    m_form->setEnabled(any);
    if (!any) {
        m_detailHead->setText(tr("Select a message to read it"));
        m_detail->clear();
        return;
    }
    m_detailHead->setText(QStringLiteral("%1  ·  %2  ·  %3").arg(displayText(m_shown.channel, 120), momentText(m_shown.timeMs), humanBytes(m_shown.payload.size())));
    m_detail->setPlainText(payloadText(m_shown.payload, PayloadForm(m_form->currentIndex())));
}

void PubsubPanel::publish()
{
    if (m_publishChannel->text().isEmpty())
        return;
    m_publish->setEnabled(false);
    m_publishAnswer->hide();
    ExecOptions options;
    options.db = m_session.currentDb();
    Command command{"PUBLISH", m_publishChannel->text().toUtf8(), m_publishMessage->text().toUtf8()};
    onReady(m_session.source().execute(std::move(command), options), this, [this](const Result<RespValue> &reply) {
        m_publish->setEnabled(!m_publishChannel->text().isEmpty());
        const Result<RespValue> value = reply.ok() ? unwrapReply(*reply) : Result<RespValue>(reply.error());
        m_publishAnswer->setVisible(value.ok() || value.error().code != Errc::Cancelled);
        if (value.ok()) {
            setTone(m_publishAnswer, QStringLiteral("muted"));
            m_publishAnswer->setToolTip({});
            m_publishAnswer->setText(tr("%n receiver(s)", nullptr, int(value->toInteger())));
            return;
        }
        if (value.error().code == Errc::Cancelled)
            return;
        setTone(m_publishAnswer, QStringLiteral("danger"));
        m_publishAnswer->setText(tr("Not sent"));
        m_publishAnswer->setToolTip(errorLine(value.error()));
        Q_EMIT m_session.errorPosted(tr("Publishing"), value.error());
    });
}

void PubsubPanel::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (!m_isPaused)
        m_messages->follow(m_log);
    showRates();
}

namespace {

class PubsubPanelFactory final : public PanelFactory
{
public:
    QString id() const override { return QStringLiteral("pubsub"); }
    QString title() const override { return QCoreApplication::translate("Panels", "Pub/Sub"); }
    QString iconName() const override { return QStringLiteral("pubsub"); }
    int order() const override { return 30; }

    bool supports(const SourceSession &session, QString *whyNot) const override
    {
        if (session.source().info().kind == SourceKind::Server)
            return true;
        if (whyNot)
            *whyNot = QCoreApplication::translate("Panels", "A file sends no messages. Connect to a server.");
        return false;
    }

    QWidget *create(SourceSession &session, QWidget *parent) const override { return new PubsubPanel(session, parent); }
};

} // namespace

std::unique_ptr<PanelFactory> makePubsubPanel()
{
    return std::make_unique<PubsubPanelFactory>();
}

} // namespace keyloupe

#include "pubsub_panel.moc"
