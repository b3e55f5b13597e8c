// SPDX-License-Identifier: GPL-3.0-or-later
//
// JSON: laid out to read. Saving keeps every token as it is written and the layout that the value came with; one with
// whitespace of its own is shown, and saved, as it is.
#include "core/decode/json_text.h"
#include "ui/editors/json_highlighter.h"
#include "ui/editors/text_box.h"
#include "ui/editors/value_view.h"

#include <QVBoxLayout>

#include <optional>

namespace keyloupe {
namespace {

constexpr qsizetype kMaxBytes = 4 * 1024 * 1024;     // larger ones are shown as text
constexpr qsizetype kOpensItself = 1024 * 1024;      // up to here this view is the first
constexpr qsizetype kMaxColored = 1024 * 1024;       // of text laid out; colouring more would be waited for

// Offsets mean nothing to a person: line and column do.
Error located(Error error, const QByteArray &text)
{
    const QByteArrayView before = QByteArrayView(text).first(std::clamp<qsizetype>(error.offset, 0, text.size()));
    const qsizetype line = before.count('\n') + 1;
    const qsizetype column = QString::fromUtf8(before.sliced(before.lastIndexOf('\n') + 1)).toUcs4().size() + 1; // characters, not bytes
    return Error{Errc::InvalidArgument, QStringLiteral("line %1, column %2: %3").arg(line).arg(column).arg(error.message), -1, {}};
}

class JsonValueView final : public ValueView
{
public:
    JsonValueView() : m_box(new TextBox(tr("Value as JSON"))), m_colors(new JsonHighlighter(m_box->document(), m_box))
    {
        auto *layout = new QVBoxLayout(this);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->addWidget(m_box);
        setFocusProxy(m_box);
        connect(m_box->document(), &QTextDocument::contentsChanged, this, [this] {
            if (!m_filling)
                Q_EMIT edited();
        });
    }

    void setBytes(const QByteArray &bytes) override
    {
        m_filling = true;
        m_why.clear();
        m_layout = detectJsonLayout(bytes);
        const Result<QByteArray> pretty = prettyJson(bytes);
        const QByteArray shown = m_layout && pretty.ok() ? *pretty : bytes;
        m_colors->setDocument(nullptr); // or it would colour line by line while the text comes in
        m_editable = m_box->setValue(shown, &m_why);
        if (shown.size() <= kMaxColored)
            m_colors->setDocument(m_box->document());
        m_box->setReadOnly(m_readOnly || !m_editable);
        m_filling = false;
    }
    Result<QByteArray> bytes() const override
    {
        const QByteArray typed = m_box->value();
        Result<QByteArray> saved = m_layout ? layOutJson(typed, *m_layout) : Result<QByteArray>(typed);
        const Result<void> sound = checkJson(typed);
        return sound.ok() ? std::move(saved) : Result<QByteArray>(located(sound.error(), typed));
    }
    bool isModified() const override { return m_editable && m_box->isModified(); }
    void setReadOnly(bool readOnly) override
    {
        m_readOnly = readOnly;
        m_box->setReadOnly(readOnly || !m_editable);
    }
    QString whyFixed() const override { return m_why; }
    bool canWrap() const override { return true; }
    void setWrap(bool on) override { m_box->setWrapped(on); }
    bool canFind() const override { return true; }
    bool find(const QString &text, bool backward) override { return m_box->findText(text, backward); }

private:
    TextBox *m_box;
    JsonHighlighter *m_colors;
    QString m_why;
    std::optional<JsonLayout> m_layout;
    bool m_editable = false;
    bool m_readOnly = false;
    bool m_filling = false;
};

class JsonFactory final : public ValueViewFactory
{
public:
    QString id() const override { return QStringLiteral("json"); }
    QString title() const override { return ValueView::tr("JSON"); }
    int order() const override { return 20; }
    int fit(const QByteArray &bytes) const override
    {
        if (bytes.size() > kMaxBytes || !looksLikeJson(bytes) || !checkJson(bytes).ok())
            return 0;
        return bytes.size() <= kOpensItself ? 30 : 1;
    }
    std::unique_ptr<ValueView> create() const override { return std::make_unique<JsonValueView>(); }
};

} // namespace

std::unique_ptr<ValueViewFactory> makeJsonValueView();
std::unique_ptr<ValueViewFactory> makeJsonValueView()
{
    return std::make_unique<JsonFactory>();
}

} // namespace keyloupe
