//! Partners. Source: a sample that the vendor's page "Event types" showed until July 2026.

use crate::{event::object::object, time::Timestamp};

object! {
    /// A partner. The vendor's page described a nested partner with the links next to it, but its sample had both flat;
    /// in either case the links are in [`links`](Self::links).
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
        /// When payouts were enabled, ISO 8601.
        "payoutsEnabledAt" => payouts_enabled_at: Timestamp;
        /// When the partner enrolled, ISO 8601.
        "createdAt" => created_at: Timestamp;
        /// Status: `approved` in the sample.
        "status" => status: String;
        /// The program's id; starts with `prog_` in the sample.
        "programId" => program_id: String;
        /// Your own id for the partner.
        "tenantId" => tenant_id: String;
        /// The referral links.
        "links" => links: Vec<PartnerLink>;
        /// Number of clicks.
        "clicks" => clicks: u64;
        /// Number of leads.
        "leads" => leads: u64;
        /// Number of sales.
        "sales" => sales: u64;
        /// Sales total in cents. Assumed: the unit, from Dub's documentation.
        "saleAmount" => sale_amount: i64;
        /// Earnings in cents. Assumed: the unit, from Dub's documentation.
        "earnings" => earnings: i64;
        /// The id of the application.
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
        /// Number of clicks.
        "clicks" => clicks: u64;
        /// Number of leads.
        "leads" => leads: u64;
        /// Number of sales.
        "sales" => sales: u64;
        /// Sales total in cents. Assumed: the unit, from Dub's documentation.
        "saleAmount" => sale_amount: i64;
    }
}
