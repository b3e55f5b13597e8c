// SPDX-License-Identifier: GPL-3.0-or-later
//
// Sampler: asks a server for INFO once a second and turns the answers into metrics and time series. Lives on the source's
// thread; parsing happens there because one INFO is a few kilobytes. Never runs on a file.
#pragma once

#include <QObject>

namespace keyloupe {

class Source;

class Sampler : public QObject
{
    Q_OBJECT

public:
    /// Starts by itself when the source is ready. The source must outlive the sampler.
    explicit Sampler(Source *source, QObject *parent = nullptr);
    ~Sampler() override;
};

} // namespace keyloupe
