//! Leads and sales.

use std::collections::BTreeMap;

use super::{Interaction, Link, Page, QrCode};
use crate::{
    event::{RawJson, object::object},
    time::Timestamp,
};

object! {
    /// A tracked lead. The link, QR code or page that led to it is in the field of that name.
    pub struct LeadCreated {
        /// The name that the site owner gave to the event.
        "eventName" => event_name: String;
        /// The customer who signed up.
        "customer" => customer: Customer;
        /// The click, scan or view before the lead. Dub, and the vendor's own pages until February 2026, call it
        /// `click`.
        "interaction" | "click" => interaction: Interaction;
        /// The link that led to it.
        "link" => link: Box<Link>;
        /// The QR code that led to it. Not in the samples.
        "qrcode" => qr_code: Box<QrCode>;
        /// The page that led to it. Not in the samples.
        "page" => page: Box<Page>;
        /// Metadata, as unparsed JSON. Assumed: sent by Dub, but not in the vendor's schema.
        "metadata" => metadata: RawJson;
        /// The partner, as unparsed JSON. Assumed: sent by Dub, but not in the vendor's schema.
        "partner" => partner: RawJson;
    }
}

object! {
    /// A tracked sale. The link, QR code or page that led to it is in the field of that name.
    pub struct SaleCreated {
        /// The name of the event, optional.
        "eventName" => event_name: String;
        /// The customer who bought.
        "customer" => customer: Customer;
        /// The click, scan or view before the sale; absent after a Stripe checkout, for example. Dub, and the vendor's
        /// own pages until February 2026, call it `click`.
        "interaction" | "click" => interaction: Interaction;
        /// The link that led to it.
        "link" => link: Box<Link>;
        /// The QR code that led to it. Not in the samples.
        "qrcode" => qr_code: Box<QrCode>;
        /// The page that led to it. Not in the samples.
        "page" => page: Box<Page>;
        /// The sale.
        "sale" => sale: Sale;
        /// Metadata, as unparsed JSON. Assumed: sent by Dub, but not in the vendor's schema.
        "metadata" => metadata: RawJson;
        /// The partner, as unparsed JSON. Assumed: sent by Dub, but not in the vendor's schema.
        "partner" => partner: RawJson;
    }
}

object! {
    /// A customer. "Schema only" marks fields that none of the vendor's samples shows.
    pub struct Customer {
        /// The customer's id at CodeQR, opaque. The only field to rely on.
        "id" => id: String;
        /// Your own id for the customer. Schema only.
        "externalId" => external_id: String;
        /// Name. The vendor makes up a random name if none was given.
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
        /// Custom fields. Schema only.
        "customFields" => custom_fields: BTreeMap<String, String>, masked;
    }
}

object! {
    /// A short form of the link that brought a customer. Source: the schema.
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
    /// A sale, with its original amount and currency: the vendor converts currencies for its reports only.
    ///
    /// A change note of July 2026 says that the names are delivered in snake_case. Older pages, the events API and Dub
    /// use camelCase.
    pub struct Sale {
        /// The amount in the smallest unit of the currency: cents for `usd`, whole yen for `jpy`, thousandths for
        /// `kwd` (page "Track a sale").
        "amount" => amount: i64;
        /// Currency, ISO 4217. Lower case in the samples; ignore case when comparing.
        "currency" => currency: String;
        /// The payment processor: `stripe`, `shopify`, `polar`, `paddle`, `revenuecat`, `custom`, `manual` (page "Track
        /// a sale"), or a newer value.
        "payment_processor" | "paymentProcessor" => payment_processor: String;
        /// The invoice id. The vendor records one sale per invoice id.
        "invoice_id" | "invoiceId" => invoice_id: String;
    }
}
