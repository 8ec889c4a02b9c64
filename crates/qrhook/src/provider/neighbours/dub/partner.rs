//! Partners and their applications.

use super::Link;
use crate::{event::object::object, time::Timestamp};

object! {
    /// A partner. Only `partner.enrolled` carries most of the members. Its sample has about 25 more, which the page does
    /// not explain: look for them in `extra`.
    pub struct Partner {
        /// Id of the partner at Dub.
        "id" => id: String;
        /// Id of the partner again, in `partner.enrolled`.
        "partnerId" => partner_id: String;
        /// Name.
        "name" => name: String, masked;
        /// User name.
        "username" => username: String, masked;
        /// E-mail address.
        "email" => email: String, masked;
        /// URL of a picture.
        "image" => image: String, masked;
        /// A description of the partner.
        "description" => description: String, masked;
        /// Country, two letters.
        "country" => country: String;
        /// Name of the company.
        "companyName" => company_name: String, masked;
        /// URL of the partner's website.
        "website" => website: String, masked;
        /// The partner's id in your own system.
        "tenantId" => tenant_id: String, masked;
        /// Id of the partner program.
        "programId" => program_id: String;
        /// Id of the group of partners.
        "groupId" => group_id: String;
        /// Status: `approved`, or another value.
        "status" => status: String;
        /// Time since when the partner can be paid, ISO 8601.
        "payoutsEnabledAt" => payouts_enabled_at: Timestamp;
        /// Time when the partner joined, ISO 8601.
        "createdAt" => created_at: Timestamp;
        /// Clicks on all links.
        "totalClicks" => total_clicks: u64;
        /// Leads of all links.
        "totalLeads" => total_leads: u64;
        /// Conversions of all links.
        "totalConversions" => total_conversions: u64;
        /// Sales of all links.
        "totalSales" => total_sales: u64;
        /// Total sales in cents.
        "totalSaleAmount" => total_sale_amount: i64;
        /// Total commissions in cents.
        "totalCommissions" => total_commissions: i64;
        /// The partner's links, each with its id, URLs and counters.
        "links" => links: Vec<Link>;
    }
}

object! {
    /// A merge of two accounts. The first one no longer exists, and later events use the id of the second one.
    pub struct PartnerMerged {
        /// The account that no longer exists.
        "sourcePartner" => source_partner: MergedPartner;
        /// The account that remains.
        "targetPartner" => target_partner: MergedPartner;
        /// Whether the second account was in the program before.
        "targetAlreadyEnrolled" => target_already_enrolled: bool;
    }
}

object! {
    /// An account that takes part in a merge.
    pub struct MergedPartner {
        /// Id of the partner at Dub.
        "id" => id: String;
        /// The partner's id in your own system.
        "tenantId" => tenant_id: String, masked;
        /// E-mail address.
        "email" => email: String, masked;
    }
}

object! {
    /// An application to the partner program.
    pub struct Application {
        /// Id of the application.
        "id" => id: String;
        /// Time of the application, ISO 8601.
        "createdAt" => created_at: Timestamp;
        /// The person or company that applied.
        "partner" => partner: Box<Applicant>;
        /// The submitted fields of the form.
        "applicationFormData" => application_form_data: Vec<FormField>, masked;
    }
}

object! {
    /// The person or company that applied.
    pub struct Applicant {
        /// Id of the partner at Dub.
        "id" => id: String;
        /// Name.
        "name" => name: String, masked;
        /// E-mail address.
        "email" => email: String, masked;
        /// Name of the company.
        "companyName" => company_name: String, masked;
        /// URL of a picture.
        "image" => image: String, masked;
        /// A description of the applicant.
        "description" => description: String, masked;
        /// Country, two letters.
        "country" => country: String;
        /// Id of the group of partners.
        "groupId" => group_id: String;
        /// Status of the application: `pending`, or another value.
        "status" => status: String;
        /// URL of the website.
        "website" => website: String, masked;
        /// URL of the profile at YouTube.
        "youtube" => youtube: String, masked;
        /// URL of the profile at Twitter.
        "twitter" => twitter: String, masked;
        /// URL of the profile at LinkedIn.
        "linkedin" => linkedin: String, masked;
        /// URL of the profile at Instagram.
        "instagram" => instagram: String, masked;
        /// URL of the profile at TikTok.
        "tiktok" => tiktok: String, masked;
        /// Status in the partner network: `draft`, `submitted`, `approved`, `rejected` or `trusted`. Not in the older
        /// type.
        "networkStatus" => network_status: String;
        /// Method of payouts: `connect`, `stablecoin`, `paypal` or `tremendous`. Not in the older type.
        "defaultPayoutMethod" => default_payout_method: String;
        /// Time since when the applicant can be paid, ISO 8601. Not in the older type.
        "payoutsEnabledAt" => payouts_enabled_at: Timestamp;
        /// Website and profiles. Not in the older type.
        "platforms" => platforms: Vec<Platform>;
    }
}

object! {
    /// A website or profile of an applicant.
    pub struct Platform {
        /// Kind: `website`, `youtube`, `twitter`, `linkedin`, `instagram` or `tiktok`.
        "type" => kind: String;
        /// User name or URL.
        "identifier" => identifier: String, masked;
        /// Time when it was verified, ISO 8601.
        "verifiedAt" => verified_at: Timestamp;
    }
}

object! {
    /// A submitted field of a form.
    pub struct FormField {
        /// Label of the field.
        "label" => label: String;
        /// The submitted value.
        "value" => value: String, masked;
    }
}
