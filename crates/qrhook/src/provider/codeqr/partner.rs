//! Partners. Source: a sample on the vendor's page "Event types" until July 2026.

use crate::{event::object::object, time::Timestamp};

object! {
    /// A partner. The page described a nested partner with the links next to it; the sample had everything flat. In
    /// both cases, the links are here.
    pub struct Partner {
        /// The partner's id; starts with `pn_` in the sample.
        "id" => id: String;
        /// Name.
        "name" => name: String, masked;
        /// E-mail address.
        "email" => email: String, masked;
        /// URL of a picture.
        "image" => image: String, masked;
        /// Description.
        "description" => description: String;
        /// Country, ISO 3166-1 alpha-2.
        "country" => country: String;
        /// Time since which payouts are enabled, ISO 8601.
        "payoutsEnabledAt" => payouts_enabled_at: Timestamp;
        /// Time of enrolment, ISO 8601.
        "createdAt" => created_at: Timestamp;
        /// State: `approved` in the sample.
        "status" => status: String;
        /// The program's id; starts with `prog_` in the sample.
        "programId" => program_id: String;
        /// Your own id for the partner.
        "tenantId" => tenant_id: String;
        /// The referral links.
        "links" => links: Vec<PartnerLink>;
        /// Clicks so far.
        "clicks" => clicks: u64;
        /// Leads so far.
        "leads" => leads: u64;
        /// Sales so far.
        "sales" => sales: u64;
        /// Total sales in cents. Assumed: the unit, from Dub.
        "saleAmount" => sale_amount: i64;
        /// Earnings in cents. Assumed: the unit, from Dub.
        "earnings" => earnings: i64;
        /// The application's id.
        "applicationId" => application_id: String;
    }
}

object! {
    /// A referral link of a partner.
    pub struct PartnerLink {
        /// The link's id.
        "id" => id: String;
        /// Host name of the short URL.
        "domain" => domain: String;
        /// Path of the short URL without the leading slash.
        "key" => key: String;
        /// The full short URL.
        "shortLink" => short_link: String;
        /// The destination URL.
        "url" => url: String;
        /// Clicks so far.
        "clicks" => clicks: u64;
        /// Leads so far.
        "leads" => leads: u64;
        /// Sales so far.
        "sales" => sales: u64;
        /// Total sales in cents. Assumed: the unit, from Dub.
        "saleAmount" => sale_amount: i64;
    }
}
