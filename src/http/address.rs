//! Turns away addresses that name nothing: a path that is no text, and the zero character, which no value here has and not
//! every database can ask for.

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::error::HttpError;

pub(super) async fn refuse_unreadable(request: Request, next: Next) -> Response {
    let uri = request.uri();
    if !is_text(uri.path()) {
        return HttpError::NotHere.into_response();
    }
    if uri.query().is_some_and(|query| query.contains("%00")) {
        let text = "A parameter holds the zero character, which no value here has. Please leave it out.";
        return HttpError::BadRequest(text.to_owned()).into_response();
    }
    next.run(request).await
}

/// Whether a path reads as text once its escapes are taken back.
fn is_text(path: &str) -> bool {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let pair = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let escaped = pair.filter(|_| *first == b'%').and_then(|pair| u8::from_str_radix(pair, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    !bytes.contains(&0) && std::str::from_utf8(&bytes).is_ok()
}

#[cfg(test)]
mod tests {
    use super::is_text;

    #[test]
    fn only_text_without_zeros_is_an_address() {
        for (path, reads) in [
            ("/plans/ag-1/P%2F1", true),
            ("/plans/%C3%A4/%", true),
            ("/plans/%zz", true),
            ("/plans/%00", false),
            ("/plans/a%FF", false),
            ("/plans/%C3", false),
        ] {
            assert_eq!(is_text(path), reads, "{path}");
        }
    }
}
