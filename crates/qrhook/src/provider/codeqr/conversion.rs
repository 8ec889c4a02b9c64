//! Leads and sales.

use std::collections::BTreeMap;

use super::{Interaction, Link, Page, QrCode};
use crate::{
    event::{RawJson, object::object},
    time::Timestamp,
};

object! {
    /// A lead was tracked. One of link, QR code and page is what led to it.
    pub struct LeadCreated {
        /// Name of the event, given by the owner of the site.
        "eventName" => event_name: String;
        /// Who signed up.
        "customer" => customer: Customer;
        /// The click, scan or view before it. Dub, and the vendor's own pages until February 2026, call it `click`.
        "interaction" | "click" => interaction: Interaction;
        /// The link that led to it.
        "link" => link: Box<Link>;
        /// The QR code that led to it. Not in the samples.
        "qrcode" => qr_code: Box<QrCode>;
        /// The page that led to it. Not in the samples.
        "page" => page: Box<Page>;
        /// Sent by Dub, and not in the vendor's schema.
        "metadata" => metadata: RawJson;
        /// Sent by Dub, and not in the vendor's schema.
        "partner" => partner: RawJson;
    }
}

object! {
    /// A sale was tracked. One of link, QR code and page is what led to it.
    pub struct SaleCreated {
        /// Name of the event, optional.
        "eventName" => event_name: String;
        /// Who bought.
        "customer" => customer: Customer;
        /// The click, scan or view before it; missing after a Stripe checkout, for example. Dub, and the vendor's own
        /// pages until February 2026, call it `click`.
        "interaction" | "click" => interaction: Interaction;
        /// The link that led to it.
        "link" => link: Box<Link>;
        /// The QR code that led to it. Not in the samples.
        "qrcode" => qr_code: Box<QrCode>;
        /// The page that led to it. Not in the samples.
        "page" => page: Box<Page>;
        /// The sale.
        "sale" => sale: Sale;
        /// Sent by Dub, and not in the vendor's schema.
        "metadata" => metadata: RawJson;
        /// Sent by Dub, and not in the vendor's schema.
        "partner" => partner: RawJson;
    }
}

object! {
    /// A customer. "Schema only" marks what none of the vendor's samples shows.
    pub struct Customer {
        /// The customer's id at CodeQR, opaque. The only member to rely on.
        "id" => id: String;
        /// The customer's id in your own system. Schema only.
        "externalId" => external_id: String;
        /// Name. The vendor invents one where none was given.
        "name" => name: String, masked;
        /// E-mail address.
        "email" => email: String, masked;
        /// URL of a picture.
        "avatar" => avatar: String, masked;
        /// Country. Schema only.
        "country" => country: String;
        /// When the customer was first seen, ISO 8601. Schema only.
        "createdAt" => created_at: Timestamp;
        /// The link that brought the customer. Schema only.
        "link" => link: CustomerLink;
        /// Fields of your own. Schema only.
        "customFields" => custom_fields: BTreeMap<String, String>, masked;
    }
}

object! {
    /// The link that brought a customer, in short. Source: the schema.
    pub struct CustomerLink {
        /// The link's id.
        "id" => id: String;
        /// Host name of the short URL.
        "domain" => domain: String;
        /// Path of the short URL without the leading slash.
        "key" => key: String;
        /// The whole short URL, optional.
        "shortLink" => short_link: String;
    }
}

object! {
    /// A sale. Its amount and currency are the original ones: the vendor converts for its reports only.
    ///
    /// A change note of July 2026 says that the names in snake_case are what is delivered; older pages, the events API
    /// and Dub use camelCase.
    pub struct Sale {
        /// The amount in the smallest unit of the currency: cents for `usd`, whole yen for `jpy`, thousandths for
        /// `kwd` (page "Track a sale").
        "amount" => amount: i64;
        /// Currency, ISO 4217. In lower case in the samples; compare without case.
        "currency" => currency: String;
        /// Who processed the payment: `stripe`, `shopify`, `polar`, `paddle`, `revenuecat`, `custom`, `manual` (page
        /// "Track a sale"), or one that came later.
        "payment_processor" | "paymentProcessor" => payment_processor: String;
        /// The invoice. The vendor records one sale for each.
        "invoice_id" | "invoiceId" => invoice_id: String;
    }
}
