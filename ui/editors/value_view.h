// SPDX-License-Identifier: GPL-3.0-or-later
//
// ValueView: one way to look at a value's bytes: text, JSON, hex … One file each (`*_value_view.cpp`), registered by being
// there. A view gives back exactly the bytes that it got, unless a person changed them in it. GUI thread.
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QWidget>

#include <memory>
#include <vector>

namespace keyloupe {

class ValueView : public QWidget
{
    Q_OBJECT

public:
    using QWidget::QWidget;

    /// Shows them; afterwards isModified() is false.
    virtual void setBytes(const QByteArray &bytes) = 0;
    /// As edited; an Error where what was typed cannot be saved (broken JSON). Only called while isModified().
    virtual Result<QByteArray> bytes() const = 0;
    virtual bool isModified() const = 0;
    virtual void setReadOnly(bool readOnly) = 0;
    /// What is stored, for views that mark what differs from it; after setBytes, and when a save went through.
    virtual void setStored(const QByteArray &) { }
    /// Why these bytes cannot be edited in this view; empty where they can.
    virtual QString whyFixed() const { return {}; }
    virtual void setWrap(bool) { }
    virtual bool canWrap() const { return false; }
    /// Marks and shows the next place; false when there is none. Empty text clears the mark, and the next search begins there.
    virtual bool find(const QString &, bool /*backward*/) { return false; }
    virtual bool canFind() const { return false; }

Q_SIGNALS:
    void edited();
};

class ValueViewFactory
{
public:
    virtual ~ValueViewFactory() = default;

    virtual QString id() const = 0;    ///< stable: "text", "json", "hex"
    virtual QString title() const = 0; ///< translated
    virtual int order() const = 0;     ///< of its button, ascending
    /// How well the view fits: 0 not at all (its button is not shown), 1 possible, more is better; the best one opens.
    virtual int fit(const QByteArray &bytes) const = 0;
    virtual std::unique_ptr<ValueView> create() const = 0;
};

/// All views, generated from the file names, not yet ordered.
std::vector<std::unique_ptr<ValueViewFactory>> makeAllValueViews();

} // namespace keyloupe
