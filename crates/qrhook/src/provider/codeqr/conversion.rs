//! Leads and sales.

use std::collections::BTreeMap;

use super::{Interaction, Link, Page, QrCode};
use crate::{
    event::{RawJson, object::object},
    time::Timestamp,
};

object! {
    /// A tracked lead. One of link, QR code and page led to it.
    pub struct LeadCreated {
        /// Name of the event, set by the site owner.
        "eventName" => event_name: String;
        /// The customer who signed up.
        "customer" => customer: Customer;
        /// The click, scan or view before it; called `click` at Dub, and in the vendor's pages until February 2026.
        "interaction" | "click" => interaction: Interaction;
        /// The link that led to it.
        "link" => link: Box<Link>;
        /// The QR code that led to it. Not in the samples.
        "qrcode" => qr_code: Box<QrCode>;
        /// The page that led to it. Not in the samples.
        "page" => page: Box<Page>;
        /// Metadata, unparsed. Assumed: Dub sends it; the vendor's schema lacks it.
        "metadata" => metadata: RawJson;
        /// The partner, unparsed. Assumed: Dub sends it; the vendor's schema lacks it.
        "partner" => partner: RawJson;
    }
}

object! {
    /// A tracked sale. One of link, QR code and page led to it.
    pub struct SaleCreated {
        /// Name of the sale event, optional.
        "eventName" => event_name: String;
        /// The customer who bought.
        "customer" => customer: Customer;
        /// The click, scan or view before it; absent after a Stripe checkout, for example. Called `click` at Dub, and
        /// in the vendor's pages until February 2026.
        "interaction" | "click" => interaction: Interaction;
        /// The link that led to it.
        "link" => link: Box<Link>;
        /// The QR code that led to it. Not in the samples.
        "qrcode" => qr_code: Box<QrCode>;
        /// The page that led to it. Not in the samples.
        "page" => page: Box<Page>;
        /// The sale.
        "sale" => sale: Sale;
        /// Metadata, unparsed. Assumed: Dub sends it; the vendor's schema lacks it.
        "metadata" => metadata: RawJson;
        /// The partner, unparsed. Assumed: Dub sends it; the vendor's schema lacks it.
        "partner" => partner: RawJson;
    }
}

object! {
    /// A customer. "Schema only" marks members that no sample of the vendor shows.
    pub struct Customer {
        /// The customer's id at CodeQR, opaque; the only member to rely on.
        "id" => id: String;
        /// The customer's id in your own system. Schema only.
        "externalId" => external_id: String;
        /// Name; the vendor invents one if none was given.
        "name" => name: String, masked;
        /// E-mail address.
        "email" => email: String, masked;
        /// URL of a picture.
        "avatar" => avatar: String, masked;
        /// Country. Schema only.
        "country" => country: String;
        /// Time when the customer was first seen, ISO 8601. Schema only.
        "createdAt" => created_at: Timestamp;
        /// The link that brought the customer. Schema only.
        "link" => link: CustomerLink;
        /// Custom fields that you defined. Schema only.
        "customFields" => custom_fields: BTreeMap<String, String>, masked;
    }
}

object! {
    /// A summary of the link that brought a customer. Source: the schema. Assumed: all members are strings.
    pub struct CustomerLink {
        /// The link's id.
        "id" => id: String;
        /// Host name of the short URL.
        "domain" => domain: String;
        /// Path of the short URL without the leading slash.
        "key" => key: String;
        /// The full short URL, optional.
        "shortLink" => short_link: String;
    }
}

object! {
    /// A sale. Amount and currency are the original ones; the vendor converts them for its reports only.
    ///
    /// According to a change note of July 2026, the snake_case names are the ones delivered; older pages, the events
    /// API and Dub use camelCase.
    pub struct Sale {
        /// Amount in the smallest unit of the currency: cents for `usd`, whole yen for `jpy`, thousandths for
        /// `kwd` (page "Track a sale").
        "amount" => amount: i64;
        /// Currency, ISO 4217; lower case in the samples, so ignore case when comparing.
        "currency" => currency: String;
        /// Payment processor: `stripe`, `shopify`, `polar`, `paddle`, `revenuecat`, `custom`, `manual` (page "Track a
        /// sale"), or a newer value.
        "payment_processor" | "paymentProcessor" => payment_processor: String;
        /// Invoice id; the vendor records one sale per invoice.
        "invoice_id" | "invoiceId" => invoice_id: String;
    }
}
