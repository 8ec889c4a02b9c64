//! The effect of a handler's response on its event.

use http::{Response, header};
use qrhook::{
    Provider, Receiver, Rejection,
    receiver::adapter::{self, Answer},
};

pub(crate) fn judge<P: Provider, B>(receiver: &Receiver<P>, mut response: Response<B>) -> Answer<Response<B>> {
    let (status, handled) = adapter::judge(receiver, response.status(), response.extensions().get::<Rejection>());
    if status != response.status() {
        *response.status_mut() = status;
        response.headers_mut().remove(header::LOCATION);
    }
    Answer::new(response, handled)
}
