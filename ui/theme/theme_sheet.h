// SPDX-License-Identifier: GPL-3.0-or-later
//
// The application's style sheet for a set of colours. Widgets opt into variants with dynamic properties:
//   QPushButton / QToolButton  "variant": "primary", "danger", "flat"
//   QFrame                     "card": true            a raised surface with a border
//   QLabel                     "tone": "muted", "faint", "danger", "warning", "success"; "role": "title", "caption", "mono"
//   QFrame                     "banner": "info", "warning", "danger"
#pragma once

#include <QString>

namespace keyloupe {

struct ThemeColors;

QString themeStyleSheet(const ThemeColors &colors);

} // namespace keyloupe
