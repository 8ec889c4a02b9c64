//! The events of Dub. Source: its page on each event type, with the samples.

mod conversion;
mod link;
mod partner;
mod program;

pub use self::{
    conversion::{Customer, LeadCreated, Sale, SaleCreated},
    link::{Click, Link, LinkClicked},
    partner::{Applicant, Application, FormField, MergedPartner, Partner, PartnerMerged, Platform},
    program::{Audience, Bounty, Commission, Discount, DiscountCode, Payout, PerformanceCondition},
};
use super::{Dub, Provider};
use crate::event::{PlainEvent, Scan, payloads::payloads};

/// An event of Dub.
pub type Event = PlainEvent<Payload>;

payloads! {
    /// The payload of an event, by its type.
    ///
    /// Bulk changes of links send no events. Assumed: neither do the clicks of a workspace over its limit, from Dub's
    /// code.
    pub enum Payload, scan common_scan {
        /// A link was created.
        "link.created" => LinkCreated(Box<Link>);
        /// A link was changed. Neither the changes nor the old values are sent.
        "link.updated" => LinkUpdated(Box<Link>);
        /// A link was deleted. Carries the former link.
        "link.deleted" => LinkDeleted(Box<Link>);
        /// A link was clicked. It is a scan if [`Click::qr`] is true.
        "link.clicked" => LinkClicked(Box<LinkClicked>);
        /// A lead was tracked.
        "lead.created" => LeadCreated(Box<LeadCreated>);
        /// A sale was tracked.
        "sale.created" => SaleCreated(Box<SaleCreated>);
        /// A partner joined the partner program.
        "partner.enrolled" => PartnerEnrolled(Box<Partner>);
        /// Two accounts of partners were merged.
        "partner.merged" => PartnerMerged(Box<PartnerMerged>);
        /// Somebody applied to the partner program. `partner.application_submitted` is the older type, which Dub still
        /// sends. Assumed: a hook that subscribes to both types gets both.
        "program_application.created" | "partner.application_submitted" => ApplicationSubmitted { Box<Application> };
        /// A partner earned a commission.
        "commission.created" => CommissionCreated(Box<Commission>);
        /// A payout was confirmed, and you pay it outside Dub. A newer page says that the type has another name now, which
        /// no page that we could read shows. Assumed: `external_payout.confirmed`, from the address of that page.
        "payout.confirmed" | "external_payout.confirmed" => PayoutConfirmed { Box<Payout> };
        /// A bounty was created.
        "bounty.created" => BountyCreated(Box<Bounty>);
        /// A bounty was changed. Carries all of it.
        "bounty.updated" => BountyUpdated(Box<Bounty>);
        /// A partner got a discount code.
        "discount_code.created" => DiscountCodeCreated(Box<DiscountCode>);
        /// A discount code was deleted. Carries the former code.
        "discount_code.deleted" => DiscountCodeDeleted(Box<DiscountCode>);
    }
}

fn common_scan(payload: &Payload) -> Option<Scan<'_>> {
    let Payload::LinkClicked(clicked) = payload else { return None };
    let click = clicked.click.as_ref().filter(|click| click.qr == Some(true))?;
    Some(Scan {
        code: clicked.link.as_ref().and_then(|link| link.key.as_deref().or(link.id.as_deref())),
        time: click.timestamp.as_ref(),
        country: click.country.as_deref(),
        city: click.city.as_deref(),
        device: click.device.as_deref(),
        os: click.os.as_deref(),
        browser: click.browser.as_deref(),
        referer: click.referer.as_deref(),
        ..Scan::of(Dub.name())
    })
}
