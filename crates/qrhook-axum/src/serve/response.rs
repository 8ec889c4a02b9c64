//! A response body that reports its end.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::activity::InProgress;

pin_project! {
    /// A response body. Its request is in progress until this is dropped.
    pub(super) struct Tracked<B> {
        #[pin]
        body: B,
        in_progress: InProgress,
    }
}

impl<B> Tracked<B> {
    pub(super) fn new(body: B, in_progress: InProgress) -> Self {
        Self { body, in_progress }
    }
}

impl<B: Body> Body for Tracked<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        self.project().body.poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
