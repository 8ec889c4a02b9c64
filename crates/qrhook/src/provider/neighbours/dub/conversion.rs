//! Leads and sales.

use super::{Click, Link, Partner};
use crate::{
    event::{RawJson, object::object},
    time::Timestamp,
};

object! {
    /// A tracked lead.
    pub struct LeadCreated {
        /// Name of the tracked event.
        "eventName" => event_name: String;
        /// The customer who signed up.
        "customer" => customer: Customer;
        /// The click before it.
        "click" => click: Click;
        /// The link that led to it.
        "link" => link: Box<Link>;
        /// The partner, if the link is a partner's.
        "partner" => partner: Box<Partner>;
        /// Metadata of the tracked event, unparsed.
        "metadata" => metadata: RawJson;
    }
}

object! {
    /// A tracked sale.
    pub struct SaleCreated {
        /// Name of the tracked event.
        "eventName" => event_name: String;
        /// The customer who bought.
        "customer" => customer: Customer;
        /// The click before it.
        "click" => click: Click;
        /// The link that led to it.
        "link" => link: Box<Link>;
        /// The partner, if the link is a partner's.
        "partner" => partner: Box<Partner>;
        /// The sale.
        "sale" => sale: Sale;
        /// Metadata of the tracked event, unparsed.
        "metadata" => metadata: RawJson;
    }
}

object! {
    /// A customer.
    pub struct Customer {
        /// Id of the customer at Dub.
        "id" => id: String;
        /// Name.
        "name" => name: String, masked;
        /// E-mail address.
        "email" => email: String, masked;
        /// URL of a picture.
        "avatar" => avatar: String, masked;
        /// The customer's id in your own system.
        "externalId" => external_id: String, masked;
        /// The customer's id at Stripe.
        "stripeCustomerId" => stripe_customer_id: String, masked;
        /// Country, two letters. Only in commissions.
        "country" => country: String;
        /// Number of sales so far.
        "sales" => sales: u64;
        /// Total sales in cents.
        "saleAmount" => sale_amount: i64;
        /// Time when the customer was first seen, ISO 8601.
        "createdAt" => created_at: Timestamp;
        /// Time of the first sale, ISO 8601.
        "firstSaleAt" => first_sale_at: Timestamp;
        /// Time when the customer cancelled the subscription, ISO 8601.
        "subscriptionCanceledAt" => subscription_canceled_at: Timestamp;
    }
}

object! {
    /// A sale.
    pub struct Sale {
        /// Amount in cents.
        "amount" => amount: i64;
        /// Currency, ISO 4217, in lower case in the sample.
        "currency" => currency: String;
        /// Payment processor: `stripe` in the sample.
        "paymentProcessor" => payment_processor: String;
        /// Invoice id.
        "invoiceId" => invoice_id: String;
    }
}
