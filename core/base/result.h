// SPDX-License-Identifier: GPL-3.0-or-later
//
// Error and Result<T>: how every function that can fail on outside input says so. No exceptions cross a
// public interface; bytes from outside give a Result, never an assert. Values, safe to copy between threads.
#pragma once

#include <QString>

#include <cstdint>
#include <optional>
#include <utility>
#include <variant>

namespace keyloupe {

/// What kind of failure it was; callers branch on this, never on the text.
enum class Errc : std::uint8_t {
    Io,              ///< the operating system refused (open, read, write, connect)
    Timeout,         ///< no answer in the time allowed
    Cancelled,       ///< a person or a newer request cancelled it; never shown as an error
    Closed,          ///< the connection or source is gone
    Protocol,        ///< the peer does not speak RESP, or broke it
    Server,          ///< the server answered with an error reply (text in message)
    Auth,            ///< NOAUTH, WRONGPASS, NOPERM
    Corrupt,         ///< damaged or truncated data
    Unsupported,     ///< sound, but not something this build can do
    LimitExceeded,   ///< a bound of ours was hit
    Conflict,        ///< what is stored is not what the person saw
    ReadOnly,        ///< the command policy refused a write
    InvalidArgument, ///< the request itself makes no sense
    Internal,        ///< a bug of ours
};

/// Stable lower-case name of a code, for logs and the command line ("io", "limit-exceeded").
const char *errcName(Errc code);

/// A failure. `message` is one English sentence without a final full stop, fit for a log or standard error;
/// the window words it for a person by `code` (ui/format/error_text.h) and shows `message` as the detail.
struct Error {
    Errc code = Errc::Internal;
    QString message;
    std::int64_t offset = -1; ///< byte offset in the input, -1 where there is none
    QString detail;           ///< more for a log: file name, server's own words

    bool operator==(const Error &) const = default;
};

/// "message (at byte N)" for logs and the command line.
QString describe(const Error &error);

/// Either a value or an Error.
template <typename T>
class [[nodiscard]] Result
{
public:
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) { }
    Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) { }

    bool ok() const { return m_state.index() == 0; }
    explicit operator bool() const { return ok(); }

    T &value() & { return std::get<0>(m_state); }
    const T &value() const & { return std::get<0>(m_state); }
    T &&value() && { return std::get<0>(std::move(m_state)); }
    T &operator*() & { return value(); }
    const T &operator*() const & { return value(); }
    T *operator->() { return &value(); }
    const T *operator->() const { return &value(); }

    const Error &error() const & { return std::get<1>(m_state); }
    Error &&error() && { return std::get<1>(std::move(m_state)); }

private:
    std::variant<T, Error> m_state;
};

template <>
class [[nodiscard]] Result<void>
{
public:
    Result() = default;
    Result(Error error) : m_error(std::move(error)) { }

    bool ok() const { return !m_error.has_value(); }
    explicit operator bool() const { return ok(); }
    const Error &error() const & { return *m_error; }
    Error &&error() && { return *std::move(m_error); }

private:
    std::optional<Error> m_error;
};

} // namespace keyloupe

#define KL_CONCAT_(a, b) a##b
#define KL_CONCAT(a, b) KL_CONCAT_(a, b)

/// KL_TRY(auto x, expression): evaluates a Result; on error returns it from the enclosing function, else declares x.
#define KL_TRY(declaration, expression)                                    \
    auto KL_CONCAT(kl_result_, __LINE__) = (expression);                   \
    if (!KL_CONCAT(kl_result_, __LINE__).ok())                             \
        return std::move(KL_CONCAT(kl_result_, __LINE__)).error();         \
    declaration = std::move(KL_CONCAT(kl_result_, __LINE__)).value()

/// KL_CHECK(expression): the same for Result<void>, or where the value is not wanted.
#define KL_CHECK(expression)                                                        \
    if (auto kl_check = (expression); !kl_check.ok())                               \
        return std::move(kl_check).error()
