// SPDX-License-Identifier: GPL-3.0-or-later
//
// Bitmap: a string as bits in the order of SETBIT, with how many are set.
#include "core/decode/bitmap.h"
#include "ui/editors/bit_area.h"
#include "ui/editors/go_to_box.h"
#include "ui/editors/value_view.h"
#include "ui/format/human.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

namespace keyloupe {
namespace {

class BitmapValueView final : public ValueView
{
public:
    BitmapValueView() : m_area(new BitArea), m_facts(new QLabel), m_where(new QLabel)
    {
        m_facts->setProperty("role", QStringLiteral("caption"));
        m_where->setProperty("role", QStringLiteral("caption"));
        auto *goTo = new GoToBox(tr("Go to bit"), this);
        auto *foot = new QHBoxLayout;
        foot->setContentsMargins(space::kM, 0, space::kS, space::kXs);
        foot->setSpacing(space::kS);
        foot->addWidget(m_facts);
        foot->addWidget(m_where, 1);
        foot->addWidget(goTo);
        for (const bool set : {true, false}) {
            auto *next = new QToolButton;
            next->setText(set ? tr("Next set bit") : tr("Next clear bit"));
            foot->addWidget(next);
            connect(next, &QToolButton::clicked, this, [this, set] { goToNext(set); });
        }
        auto *layout = new QVBoxLayout(this);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->setSpacing(space::kXs);
        layout->addWidget(m_area, 1);
        layout->addLayout(foot);
        setFocusProxy(m_area);
        connect(m_area, &BitArea::moved, this, &BitmapValueView::showFacts);
        connect(m_area, &BitArea::flipped, this, [this] {
            m_set += bitAt(m_area->bytes(), m_area->position()) ? 1 : -1;
            showFacts();
            Q_EMIT edited();
        });
        connect(goTo, &GoToBox::placeEntered, this, [this](std::int64_t place) {
            m_area->setPosition(place);
            m_area->setFocus();
        });
    }

    void setBytes(const QByteArray &bytes) override
    {
        m_original = bytes;
        m_set = countBits(bytes);
        m_area->setBytes(bytes);
        showFacts();
    }
    Result<QByteArray> bytes() const override { return m_area->bytes(); }
    bool isModified() const override { return m_area->bytes() != m_original; }
    void setReadOnly(bool readOnly) override { m_area->setReadOnly(readOnly); }

private:
    // Around at the end; stays where there is none.
    void goToNext(bool set)
    {
        const std::int64_t after = findBit(m_area->bytes(), set, m_area->position() + 1);
        const std::int64_t bit = after < 0 ? findBit(m_area->bytes(), set) : after;
        if (bit >= 0)
            m_area->setPosition(bit);
    }
    void showFacts()
    {
        m_facts->setText(tr("%1 of %2 bits set").arg(groupedNumber(m_set), groupedNumber(m_area->bitCount())));
        m_where->setText(tr("Bit %1 is %2").arg(groupedNumber(m_area->position())).arg(bitAt(m_area->bytes(), m_area->position()) ? 1 : 0));
    }

    QByteArray m_original;
    BitArea *m_area;
    QLabel *m_facts;
    QLabel *m_where;
    std::int64_t m_set = 0;
};

class BitmapFactory final : public ValueViewFactory
{
public:
    QString id() const override { return QStringLiteral("bitmap"); }
    QString title() const override { return ValueView::tr("Bits"); }
    int order() const override { return 50; }
    int fit(const QByteArray &bytes) const override { return bytes.isEmpty() ? 0 : 1; }
    std::unique_ptr<ValueView> create() const override { return std::make_unique<BitmapValueView>(); }
};

} // namespace

std::unique_ptr<ValueViewFactory> makeBitmapValueView();
std::unique_ptr<ValueViewFactory> makeBitmapValueView()
{
    return std::make_unique<BitmapFactory>();
}

} // namespace keyloupe
