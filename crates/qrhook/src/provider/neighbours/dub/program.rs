//! Money and tasks of the partner program.

use super::{Customer, Link, Partner};
use crate::{
    event::{RawJson, object::object},
    time::Timestamp,
};

object! {
    /// A commission of a partner.
    pub struct Commission {
        /// Id of the commission.
        "id" => id: String;
        /// Kind: `sale` in the sample.
        "type" => kind: String;
        /// Amount of the sale or order in cents; negative if a commission is taken back.
        "amount" => amount: i64;
        /// The partner's share in cents.
        "earnings" => earnings: i64;
        /// Currency, ISO 4217, in lower case in the sample.
        "currency" => currency: String;
        /// Status: `pending` in the sample.
        "status" => status: String;
        /// Invoice id.
        "invoiceId" => invoice_id: String;
        /// A description, for example of a commission that was entered by hand.
        "description" => description: String, masked;
        /// Quantity, such as the number of items.
        "quantity" => quantity: u64;
        /// Id of the user who entered the commission; missing if it came from a tracked event.
        "userId" => user_id: String;
        /// Creation time, ISO 8601.
        "createdAt" => created_at: Timestamp;
        /// Time of the last change, ISO 8601.
        "updatedAt" => updated_at: Timestamp;
        /// The partner.
        "partner" => partner: Box<Partner>;
        /// The customer; missing if the commission is for clicks or was entered by hand.
        "customer" => customer: Customer;
        /// The partner's link: its id, short URL, domain and key.
        "link" => link: Box<Link>;
    }
}

object! {
    /// A payout that is confirmed, and that you pay outside Dub.
    pub struct Payout {
        /// Id of the payout.
        "id" => id: String;
        /// Invoice id.
        "invoiceId" => invoice_id: String;
        /// Amount in cents.
        "amount" => amount: i64;
        /// Currency, ISO 4217, in upper case in the sample.
        "currency" => currency: String;
        /// Status: `processing`, or another value.
        "status" => status: String;
        /// Method of the payout.
        "method" => method: String;
        /// A description.
        "description" => description: String, masked;
        /// Start of the paid period, ISO 8601.
        "periodStart" => period_start: Timestamp;
        /// End of the paid period, ISO 8601.
        "periodEnd" => period_end: Timestamp;
        /// Creation time, ISO 8601.
        "createdAt" => created_at: Timestamp;
        /// Time when the payout was initiated, ISO 8601.
        "initiatedAt" => initiated_at: Timestamp;
        /// Time when the payout was marked as paid, ISO 8601.
        "paidAt" => paid_at: Timestamp;
        /// Mode: `external`, or another value.
        "mode" => mode: String;
        /// The partner. Its id is yours, not that of Dub, if payouts are external.
        "partner" => partner: Box<Partner>;
    }
}

object! {
    /// A discount code of a partner.
    pub struct DiscountCode {
        /// Id of the discount code.
        "id" => id: String;
        /// The code that customers enter.
        "code" => code: String;
        /// Id of the partner.
        "partnerId" => partner_id: String;
        /// Id of the partner's link.
        "linkId" => link_id: String;
        /// Time when the code was disabled, ISO 8601.
        "disabledAt" => disabled_at: Timestamp;
        /// The discount.
        "discount" => discount: Discount;
    }
}

object! {
    /// A discount.
    pub struct Discount {
        /// Id of the discount.
        "id" => id: String;
        /// Amount: in cents if the type is `flat`, or else in per cent.
        "amount" => amount: f64;
        /// Type: `percentage` or `flat`.
        "type" => kind: String;
        /// Longest duration in months: 0 for one payment; missing if there is no limit.
        "maxDuration" => max_duration: u64;
        /// Provider: `stripe`, `shopify` or `custom`. Create or disable a code of `custom` in your own system.
        "provider" => provider: String;
    }
}

object! {
    /// A bounty: a task with a reward for partners.
    pub struct Bounty {
        /// Id of the bounty.
        "id" => id: String;
        /// Name.
        "name" => name: String;
        /// Rules and requirements, as text.
        "description" => description: String;
        /// Kind: `submission` or `performance`.
        "type" => kind: String;
        /// Start: `absolute`, at a time, or `relative`, when a partner joins.
        "startMode" => start_mode: String;
        /// Time of the start, ISO 8601, if the start is absolute.
        "startsAt" => starts_at: Timestamp;
        /// Time of the end, ISO 8601, if the start is absolute.
        "endsAt" => ends_at: Timestamp;
        /// Days until the end, if the start is relative.
        "endsAfterDays" => ends_after_days: u64;
        /// Time from which submissions can be completed, ISO 8601.
        "submissionsOpenAt" => submissions_open_at: Timestamp;
        /// Shortest time between two submissions: `day`, `week` or `month`.
        "submissionFrequency" => submission_frequency: String;
        /// Largest number of submissions by one partner.
        "maxSubmissions" => max_submissions: u64;
        /// Reward in cents.
        "rewardAmount" => reward_amount: i64;
        /// A description of the reward.
        "rewardDescription" => reward_description: String;
        /// The condition for the reward, if the kind is `performance`.
        "performanceCondition" => performance_condition: PerformanceCondition;
        /// The counted period: `lifetime`, or `new` for the time since the start.
        "performanceScope" => performance_scope: String;
        /// Time when social metrics were last read, ISO 8601.
        "socialMetricsLastSyncedAt" => social_metrics_last_synced_at: Timestamp;
        /// Requirements of a submission, unparsed.
        "submissionRequirements" => submission_requirements: RawJson;
        /// The groups of partners that the bounty is for.
        "groups" => groups: Vec<Audience>;
        /// The tags of partners that the bounty is for.
        "partnerTags" => partner_tags: Vec<Audience>;
    }
}

object! {
    /// The condition for a reward.
    pub struct PerformanceCondition {
        /// The measured counter of a partner: `totalLeads`, `totalConversions`, `totalSaleAmount` or
        /// `totalCommissions`.
        "attribute" => attribute: String;
        /// The comparison: `gte`, greater than or equal to.
        "operator" => operator: String;
        /// The value to compare with; amounts are in cents.
        "value" => value: i64;
    }
}

object! {
    /// A group or a tag of partners.
    pub struct Audience {
        /// Its id.
        "id" => id: String;
    }
}
