//! When a server says that it can be asked again.

use std::fmt;
use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};

/// The `Retry-After` header (RFC 9110, 10.2.3): a delay or a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// So long after the answer came.
    Delay(Duration),
    /// Not before this time, by the server's clock.
    At(SystemTime),
}

impl RetryAfter {
    /// The time to wait at `now`; zero when it has passed.
    #[must_use]
    pub fn delay(self, now: SystemTime) -> Duration {
        match self {
            Self::Delay(delay) => delay,
            Self::At(time) => time.duration_since(now).unwrap_or_default(),
        }
    }

    /// A header that is neither a number of seconds nor an HTTP date counts as none.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse().ok().map(|seconds| Self::Delay(Duration::from_secs(seconds)));
        }
        httpdate::parse_http_date(text).ok().map(Self::At)
    }
}

impl fmt::Display for RetryAfter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delay(delay) => write!(f, "after {} s", delay.as_secs()),
            Self::At(time) => {
                // An HTTP date has no others.
                let last = SystemTime::UNIX_EPOCH + Duration::from_secs(253_402_300_799);
                let time = (*time).clamp(SystemTime::UNIX_EPOCH, last);
                write!(f, "after {}", httpdate::HttpDate::from(time))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &'static str) -> Option<RetryAfter> {
        RetryAfter::from_headers(&HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]))
    }

    #[test]
    fn seconds_and_dates_are_read_and_the_rest_is_not() {
        let date = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(read("119"), Some(RetryAfter::Delay(Duration::from_secs(119))));
        assert_eq!(read("0"), Some(RetryAfter::Delay(Duration::ZERO)));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), Some(RetryAfter::At(date)));
        for bad in ["", "soon", "-1", "+1", "1.5", "99999999999999999999", "Sun, 06 Foo 1994 08:49:37 GMT"] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
        assert_eq!(RetryAfter::from_headers(&HeaderMap::new()), None);
    }

    #[test]
    fn a_date_becomes_a_delay_that_never_goes_below_zero() {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(100);
        let after = RetryAfter::At(at);
        assert_eq!(after.delay(at - Duration::from_secs(7)), Duration::from_secs(7));
        assert_eq!(after.delay(at + Duration::from_secs(7)), Duration::ZERO);
    }

    #[test]
    fn a_date_that_http_cannot_say_is_shown_as_the_nearest_one() {
        let at = |time| RetryAfter::At(time).to_string();
        let century = Duration::from_hours(100 * 366 * 24);
        assert_eq!(at(SystemTime::UNIX_EPOCH - century), "after Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(at(SystemTime::UNIX_EPOCH + century * 100), "after Fri, 31 Dec 9999 23:59:59 GMT");
    }
}
