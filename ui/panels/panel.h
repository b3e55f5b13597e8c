// SPDX-License-Identifier: GPL-3.0-or-later
//
// A panel is one tab about one source: Overview, Charts, Pub/Sub, Console … One file each (`*_panel.cpp`), registered by
// being there. The shell asks each factory whether the source supports it and shows the reason where it does not.
// GUI thread. A panel knows its session, never the shell or other panels.
#pragma once

#include <QString>
#include <QWidget>

#include <memory>
#include <vector>

namespace keyloupe {

class SourceSession;

class PanelFactory
{
public:
    virtual ~PanelFactory() = default;

    virtual QString id() const = 0;       ///< stable, for settings and screenshots: "charts"
    virtual QString title() const = 0;    ///< translated
    virtual QString iconName() const = 0; ///< of ui/theme/icons.h
    virtual int order() const = 0;        ///< position of its button, ascending; Ctrl+1…9 follow it

    /// False with a sentence for the person when this source cannot have it.
    virtual bool supports(const SourceSession &session, QString *whyNot) const = 0;
    /// A new panel, owned by the parent.
    virtual QWidget *create(SourceSession &session, QWidget *parent) const = 0;
};

/// All panels, generated from the file names, not yet ordered.
std::vector<std::unique_ptr<PanelFactory>> makeAllPanels();

} // namespace keyloupe
