//! When a server allows the next request.

use std::fmt;
use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

/// The `Retry-After` header (RFC 9110, 10.2.3): a delay or a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// This long after the response.
    Delay(Duration),
    /// Not before a date by the server's clock.
    At {
        /// How long after the response that is. It is computed from the response's own `Date`, because this machine's clock may
        /// differ, or from this machine's clock where the response has no `Date`. Zero for a date in the past.
        delay: Duration,
    },
}

impl RetryAfter {
    /// The time to wait after the response.
    #[must_use]
    pub fn delay(self) -> Duration {
        match self {
            Self::Delay(delay) | Self::At { delay } => delay,
        }
    }

    /// The header, where it is a number of seconds or an HTTP date.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let text = text(headers, RETRY_AFTER)?;
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse().ok().map(|seconds| Self::Delay(Duration::from_secs(seconds)));
        }
        let date = httpdate::parse_http_date(text).ok()?;
        let answered = self::text(headers, DATE).and_then(|text| httpdate::parse_http_date(text).ok());
        let delay = date.duration_since(answered.unwrap_or_else(SystemTime::now)).unwrap_or_default();
        Some(Self::At { delay })
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}

impl fmt::Display for RetryAfter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delay(delay) => write!(f, "after {} s", delay.as_secs()),
            Self::At { delay } => write!(f, "after {} s (by the server's clock)", delay.as_secs()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRY: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

    fn read(text: &'static str) -> Option<RetryAfter> {
        RetryAfter::from_headers(&HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]))
    }

    fn answered(date: &'static str, text: &'static str) -> Option<RetryAfter> {
        let headers = [(DATE, date.parse().unwrap()), (RETRY_AFTER, text.parse().unwrap())];
        RetryAfter::from_headers(&HeaderMap::from_iter(headers))
    }

    #[test]
    fn seconds_and_dates_are_read_and_the_rest_is_not() {
        assert_eq!(read("119"), Some(RetryAfter::Delay(Duration::from_secs(119))));
        assert_eq!(read("0"), Some(RetryAfter::Delay(Duration::ZERO)));
        assert_eq!(read(RETRY), Some(RetryAfter::At { delay: Duration::ZERO }));
        for bad in ["", "soon", "-1", "+1", "1.5", "99999999999999999999", "Sun, 06 Foo 1994 08:49:37 GMT"] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
        assert_eq!(RetryAfter::from_headers(&HeaderMap::new()), None);
    }

    #[test]
    fn a_date_is_read_against_the_date_of_the_answer() {
        for (date, delay) in [
            ("Sun, 06 Nov 1994 08:49:30 GMT", 7),
            ("Sunday, 06-Nov-94 08:47:37 GMT", 120),
            ("Sun Nov  6 07:49:37 1994", 3600),
            (" Sun, 06 Nov 1994 08:49:36 GMT ", 1),
            (RETRY, 0),
            ("Sun, 06 Nov 1994 08:49:38 GMT", 0),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 0),
        ] {
            let delay = Duration::from_secs(delay);
            assert_eq!(answered(date, RETRY), Some(RetryAfter::At { delay }), "{date}");
        }
        let seven = Some(RetryAfter::Delay(Duration::from_secs(7)));
        assert_eq!(answered("Sun, 06 Nov 1994 08:49:30 GMT", "7"), seven, "seconds need no clock");
    }

    #[test]
    fn a_date_is_read_against_the_clock_here_where_the_answer_has_none() {
        let in_an_hour = SystemTime::now() + Duration::from_hours(1);
        let headers = |dates: &[&str]| {
            let retry_after = httpdate::fmt_http_date(in_an_hour).parse().unwrap();
            let dates = dates.iter().map(|date| (DATE, date.parse().unwrap()));
            dates.chain([(RETRY_AFTER, retry_after)]).collect::<HeaderMap>()
        };
        for dates in [&[][..], &[""], &["yesterday"], &["0"]] {
            let delay = RetryAfter::from_headers(&headers(dates)).unwrap().delay();
            assert!(
                delay > Duration::from_mins(58) && delay <= Duration::from_hours(1),
                "{dates:?}: {delay:?}"
            );
        }
    }

    #[test]
    fn a_date_is_shown_as_how_long_that_is() {
        let shown = answered("Sun, 06 Nov 1994 08:49:30 GMT", RETRY).unwrap().to_string();
        assert_eq!(shown, "after 7 s (by the server's clock)");
        assert_eq!(read("7").unwrap().to_string(), "after 7 s");
    }
}
