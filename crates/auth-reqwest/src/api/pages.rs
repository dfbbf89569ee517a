//! A list, page by page.

use std::collections::HashSet;
use std::fmt;
use std::marker::PhantomData;

use http::{HeaderMap, HeaderName, HeaderValue};
use reqwest::Url;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::paging::{How, Next};
use super::{ApiClient, ApiError, ApiErrorKind, ApiRequest, Paging};

/// A list that comes in pages; made by [`ApiClient::pages`]. Nothing is read ahead.
///
/// It ends where the API says so, and with an error if a page comes a second time, after [1000
/// pages](Paging::max_pages), or if the next page is said to be at another origin: the token does not go there.
#[must_use = "nothing is read before a page is asked for"]
pub struct Pages<T> {
    client: ApiClient,
    paging: Paging,
    headers: HeaderMap,
    /// Of the first page.
    path: String,
    query: Vec<(String, String)>,
    /// Of which so many at the start stand for what was not said.
    preset: usize,
    /// What is asked next; `None` at the end.
    next: Option<Ask>,
    /// What was asked, and where the answers came from.
    seen: HashSet<String>,
    pages: usize,
    /// How many items there are before the next page.
    read: usize,
    items: PhantomData<fn() -> T>,
}

#[derive(Clone)]
enum Ask {
    First,
    Query(Vec<(String, String)>),
    Url(String),
}

impl<T> Pages<T> {
    pub(super) fn new(client: ApiClient, path: String, paging: Paging) -> Self {
        let offset = match paging.how {
            How::Offset { limit } => Some(limit),
            _ => None,
        };
        let pages = Self {
            client,
            paging,
            headers: HeaderMap::new(),
            path,
            query: Vec::new(),
            preset: 0,
            next: Some(Ask::First),
            seen: HashSet::new(),
            pages: 0,
            read: 0,
            items: PhantomData,
        };
        match offset {
            Some(limit) => pages.presetting("limit", limit).presetting("offset", 0),
            None => pages,
        }
    }

    /// A parameter that stands until the caller says it. None follows [`query`](Self::query).
    pub(crate) fn presetting(mut self, name: &str, value: impl ToString) -> Self {
        self.query.insert(self.preset, (name.to_owned(), value.to_string()));
        self.preset += 1;
        self
    }

    /// So many items on a page: the query parameter `limit`. The server may give fewer ([`Paging::offset`]).
    pub fn limit(self, limit: usize) -> Self {
        self.query("limit", limit)
    }

    /// Adds a query parameter, or says another value of one that the list has by itself, such as `limit`. It is said for every
    /// page that does not say its own.
    pub fn query(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        let (name, value) = (name.into(), value.to_string());
        if let How::Offset { limit } = &mut self.paging.how {
            // What is no number is the server's to understand: only an empty page ends the list then.
            match name.as_str() {
                "limit" => *limit = value.parse().unwrap_or(1),
                "offset" => self.read = value.parse().unwrap_or(0),
                _ => {}
            }
        }
        match self.query.iter_mut().take(self.preset).find(|(preset, _)| *preset == name) {
            Some((_, preset)) => *preset = value,
            None => self.query.push((name, value)),
        }
        self
    }

    /// Sets a header of every page's request.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }
}

impl<T: DeserializeOwned> Pages<T> {
    /// The items of the next page, or `None` at the end of the list. After an error the same page is asked for again.
    ///
    /// # Errors
    /// As [`ApiRequest::send`]; [`Decode`](ApiErrorKind::Decode) if a page is no list, comes a second time or leads to
    /// another origin.
    pub async fn next(&mut self) -> Result<Option<Vec<T>>, ApiError> {
        let ask = match &self.next {
            None => return Ok(None),
            Some(Ask::First) => Ask::Query(self.query.clone()),
            Some(ask) => ask.clone(),
        };
        let response = self.request(&ask).send().await?;
        let failure = response.failure();
        let wrong = |message: &str| failure.error(ApiErrorKind::Decode, message);
        let (headers, url) = (response.headers().clone(), response.url().clone());
        let too_long = "the page is too long (`Paging::max_page_bytes`): ask for fewer items on a page";
        let mut body: Value = response.json_of(self.paging.max_page_bytes, too_long).await?;
        let items = self.paging.take_items(&mut body);
        let items = items.ok_or_else(|| wrong("the page has no list of items where one was expected"))?;
        let count = items.len();
        let items = items.into_iter().map(T::deserialize).collect::<Result<Vec<_>, _>>();
        let items = items.map_err(|_| wrong("an item of the page is not what was expected"))?;

        let next = match self.paging.next(&headers, &body, count, self.read) {
            Next::End => None,
            Next::Parameter(name, value) => Some(Ask::Query(self.with_query([(name.into_owned(), value)]))),
            Next::Link(link) => Some(self.follow(&url, &link).map_err(wrong)?),
        };
        self.seen.extend([ask.key(), url.into()]);
        if let Some(next) = &next {
            if self.seen.contains(&next.key()) {
                return Err(wrong("the page says that the next one is one that was read already"));
            }
            if self.pages + 1 >= self.paging.max_pages {
                return Err(wrong("the list has more pages than are read (`Paging::max_pages`)"));
            }
        }
        self.pages += 1;
        self.read += count;
        self.next = next;
        Ok(Some(items))
    }

    /// All items that are left.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub async fn all(mut self) -> Result<Vec<T>, ApiError> {
        let mut all = Vec::new();
        while let Some(items) = self.next().await? {
            all.extend(items);
        }
        Ok(all)
    }

    fn request(&self, ask: &Ask) -> ApiRequest {
        match ask {
            Ask::First => self.client.get(&self.path),
            Ask::Query(query) => self.client.get(&self.path).queries(query.clone()),
            Ask::Url(url) => self.client.get(url),
        }
        .headers(&self.headers)
    }

    /// Where a link leads: to its query on our own path, or to a URL of the same origin.
    fn follow(&self, from: &Url, link: &str) -> Result<Ask, &'static str> {
        let url = from.join(link).map_err(|_| "the link to the next page can't be read")?;
        if self.paging.query_only {
            return Ok(Ask::Query(self.with_query(url.query_pairs().into_owned())));
        }
        let uri = url.as_str().parse().map_err(|_| "the link to the next page can't be read")?;
        // A user in it makes it another origin, too.
        if !self.client.endpoint().is_origin_of(&uri) {
            return Err("the link to the next page leads to another origin, where the token must not go");
        }
        let mut url = url;
        url.set_fragment(None);
        Ok(Ask::Url(url.into()))
    }

    /// These parameters, and those of the first page that are not among them.
    fn with_query(&self, said: impl IntoIterator<Item = (String, String)>) -> Vec<(String, String)> {
        let mut query: Vec<_> = said.into_iter().collect();
        let own = self.query.iter().filter(|(name, _)| !query.iter().any(|(said, _)| said == name));
        let own: Vec<_> = own.cloned().collect();
        query.extend(own);
        query
    }
}

impl Ask {
    /// What tells pages apart.
    fn key(&self) -> String {
        match self {
            Self::First => String::new(),
            Self::Query(query) => form_urlencoded::Serializer::new("?".to_owned()).extend_pairs(query).finish(),
            Self::Url(url) => url.clone(),
        }
    }
}

impl<T> fmt::Debug for Pages<T> {
    /// Without path, query and headers, which may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("endpoint", self.client.endpoint())
            .field("read", &self.read)
            .field("is_at_end", &self.next.is_none())
            .finish_non_exhaustive()
    }
}
