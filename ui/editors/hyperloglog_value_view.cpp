// SPDX-License-Identifier: GPL-3.0-or-later
//
// HyperLogLog: how many different members it has seen, and how its registers are filled. Counted here: PFCOUNT would write
// to the key.
#include "core/decode/hyperloglog.h"
#include "ui/editors/value_view.h"
#include "ui/format/human.h"
#include "ui/theme/theme.h"

#include <QFormLayout>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>
#include <limits>

namespace keyloupe {
namespace {

constexpr int kBars = 52; // register values 0…51

class RegisterBars final : public QWidget
{
public:
    RegisterBars()
    {
        setMinimumHeight(160);
        setAccessibleName(ValueView::tr("Registers by value"));
    }
    void setHistogram(const std::array<int, 64> &histogram)
    {
        m_histogram = histogram;
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const ThemeColors &colors = themeColors(this);
        QPainter painter(this);
        painter.setFont(smallFont());
        const int foot = QFontMetrics(smallFont()).height() + 6;
        const int bottom = height() - foot;
        const int most = std::max(1, *std::max_element(m_histogram.begin(), m_histogram.end()));
        const double step = double(width()) / kBars;
        for (int value = 0; value < kBars; ++value) {
            const int count = m_histogram[std::size_t(value)];
            const int tall = count == 0 ? 0 : std::max(2, (bottom - 16) * count / most);
            painter.fillRect(QRectF(value * step + 1, bottom - tall, step - 2, tall), colors.series[0]);
            if (value % 5 == 0) {
                painter.setPen(colors.textMuted);
                painter.drawText(QRectF(value * step - 10, bottom + 4, step + 20, foot), Qt::AlignHCenter | Qt::AlignTop, QString::number(value));
            }
        }
        painter.setPen(colors.border);
        painter.drawLine(0, bottom, width(), bottom);
    }

private:
    std::array<int, 64> m_histogram{};
};

class HyperLogLogValueView final : public ValueView
{
public:
    HyperLogLogValueView() : m_count(new QLabel), m_error(new QLabel), m_cached(new QLabel), m_encoding(new QLabel), m_bars(new RegisterBars)
    {
        m_count->setProperty("role", QStringLiteral("heading"));
        m_error->setProperty("tone", QStringLiteral("muted"));
        auto *facts = new QFormLayout;
        facts->setHorizontalSpacing(space::kL);
        facts->setVerticalSpacing(space::kS);
        facts->addRow(tr("Cached count"), m_cached);
        facts->addRow(tr("Encoding"), m_encoding);
        auto *caption = new QLabel(tr("Registers by value (longest run of zeros seen, of 16,384)"));
        caption->setProperty("role", QStringLiteral("caption"));
        auto *layout = new QVBoxLayout(this);
        layout->setContentsMargins(space::kL, space::kM, space::kL, space::kL);
        layout->setSpacing(space::kS);
        layout->addWidget(m_count);
        layout->addWidget(m_error);
        layout->addSpacing(space::kS);
        layout->addLayout(facts);
        layout->addSpacing(space::kM);
        layout->addWidget(caption);
        layout->addWidget(m_bars);
        layout->addStretch(1);
    }

    void setBytes(const QByteArray &bytes) override
    {
        const Result<HyperLogLog> decoded = decodeHyperLogLog(bytes);
        if (!decoded.ok()) {
            m_count->setText(tr("This HyperLogLog is damaged"));
            m_error->setText(describe(decoded.error()));
            m_cached->clear();
            m_encoding->clear();
            m_bars->setHistogram({});
            return;
        }
        const auto count = std::int64_t(decoded->count);
        constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
        const auto off = std::int64_t(double(count) * HyperLogLog::kStandardError + 0.5);
        m_count->setText(tr("≈ %1 different members").arg(groupedNumber(count)));
        m_error->setText(tr("Standard error 0.81 %: probably between %1 and %2").arg(groupedNumber(count - off), groupedNumber(count > kMost - off ? kMost : count + off)));
        m_cached->setText(decoded->cachedIsStale ? tr("none; the server counts at the next PFCOUNT") : groupedNumber(std::int64_t(decoded->cached)));
        m_encoding->setText(decoded->sparse ? tr("sparse, %1").arg(humanBytes(bytes.size())) : tr("dense, %1").arg(humanBytes(bytes.size())));
        m_bars->setHistogram(decoded->histogram);
    }
    Result<QByteArray> bytes() const override { return Error{Errc::Internal, QStringLiteral("this view changes nothing"), -1, {}}; }
    bool isModified() const override { return false; }
    void setReadOnly(bool) override { }

private:
    QLabel *m_count;
    QLabel *m_error;
    QLabel *m_cached;
    QLabel *m_encoding;
    RegisterBars *m_bars;
};

class HyperLogLogFactory final : public ValueViewFactory
{
public:
    QString id() const override { return QStringLiteral("hyperloglog"); }
    QString title() const override { return ValueView::tr("HyperLogLog"); }
    int order() const override { return 40; }
    int fit(const QByteArray &bytes) const override { return bytes.startsWith("HYLL") && decodeHyperLogLog(bytes).ok() ? 40 : 0; }
    std::unique_ptr<ValueView> create() const override { return std::make_unique<HyperLogLogValueView>(); }
};

} // namespace

std::unique_ptr<ValueViewFactory> makeHyperloglogValueView();
std::unique_ptr<ValueViewFactory> makeHyperloglogValueView()
{
    return std::make_unique<HyperLogLogFactory>();
}

} // namespace keyloupe
