// SPDX-License-Identifier: GPL-3.0-or-later
//
// Icons: SVGs of our own (resources/icons), drawn in 16x16 at one stroke width, coloured when painted from the current
// palette, so they follow a change of theme and are crisp at any scale. GUI thread.
#pragma once

#include <QIcon>
#include <QString>

namespace keyloupe {

enum class IconTone { Normal, Muted, Accent, Danger, Success, OnAccent };

/// The icon named `resources/icons/<name>.svg`; an empty icon and a warning in the log where there is none.
QIcon themedIcon(const QString &name, IconTone tone = IconTone::Normal);

} // namespace keyloupe
