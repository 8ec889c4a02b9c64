//! Vouchers, and attempts to redeem them.

use std::borrow::Cow;

use super::parameter::{Parameter, Parameters, parameters};
use crate::time::Timestamp;

parameters! {
    /// A voucher. Documented for `VOUCHER_UPDATED` (both vendor pages). Assumed: `VOUCHER_CREATED` and
    /// `VOUCHER_EXPIRED` carry the same, because they describe the voucher too.
    pub struct Voucher {
        /// Title.
        "title" => title: String;
        /// Description. Owners may write HTML into it (help article on coupons), so it is untrusted markup: escape or
        /// sanitise it before you show it.
        "description" => description: String;
        /// Kind of voucher, documented as `type`. Assumed: the name `vouchertype`, from `VOUCHER_REDEEMED`.
        "vouchertype" | "type" => kind: VoucherKind;
        /// Product.
        "productname" => product_name: String;
        /// URL of the page that the voucher links to.
        "website" => website: String;
        /// Number printed on the voucher, with leading zeros.
        "couponnumber" => coupon_number: String;
        /// First day of validity. Assumed: a date or a date and time, because no format is documented.
        "validfrom" => valid_from: Timestamp;
        /// Last day of validity. Assumed: a date or a date and time, because no format is documented.
        "validto" => valid_to: Timestamp;
    }
}

parameters! {
    /// An attempt to redeem a voucher. The variant of [`Payload`](super::Payload) tells you whether it succeeded.
    pub struct Redemption {
        /// Kind of voucher: `vouchertype` in form A of the vendor's page, `type` in form B. If both are sent,
        /// the former counts.
        "vouchertype" | "type" => kind: VoucherKind;
        /// EAN code of a redeemable voucher with a barcode (both pages): digits, with leading zeros.
        "eancode" => ean_code: String;
        /// Id of a one-time voucher (both pages): one of those chosen when the codes were made in bulk.
        "uniqueid" => unique_id: String;
    }
}

/// The kind of a voucher: the limit of its redemptions. Source: form B.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum VoucherKind {
    /// `UNIQUEIP`: once per IP address.
    UniqueIp,
    /// `UNIQUEID`: once.
    UniqueId,
    /// An unknown kind, as it was sent.
    Other(String),
}

impl Parameter for VoucherKind {
    fn read(text: Cow<'_, str>) -> Result<Self, &'static str> {
        Ok(match text.trim_ascii() {
            "UNIQUEIP" => Self::UniqueIp,
            "UNIQUEID" => Self::UniqueId,
            _ => Self::Other(text.into_owned()),
        })
    }
}

/// The reason why a voucher was not redeemed. Source of the values: form B.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailureReason {
    /// `VOUCHER_ALREADY_REDEEMED`: the voucher had been redeemed before.
    AlreadyRedeemed,
    /// `VOUCHER_EXPIRED`: the voucher had expired. The event of that name is
    /// [`Payload::VoucherExpired`](super::Payload::VoucherExpired).
    Expired,
    /// `QUOTA_EXCEEDED`: the limit of redemptions was reached.
    QuotaExceeded,
    /// An unknown outcome, as it was sent. Listed in
    /// [`oddities`](crate::Delivery::oddities) too.
    Unknown(String),
    /// The event had no outcome. Listed in [`oddities`](crate::Delivery::oddities) too.
    Missing,
}

impl FailureReason {
    /// Returns `None` for a success, which is exactly `SUCCESS` between optional blanks. The vendor does not document
    /// other letter case or additional words as success, and accepting them would give goods away.
    pub(super) fn take(parameters: &mut Parameters<'_>) -> Option<Self> {
        const STATUS: &str = "status";
        let Some(status) = parameters.take(STATUS) else {
            parameters.note(STATUS, "is missing, so the redemption counts as failed");
            return Some(Self::Missing);
        };
        Some(match status.trim_ascii() {
            "SUCCESS" => return None,
            "VOUCHER_ALREADY_REDEEMED" => Self::AlreadyRedeemed,
            "VOUCHER_EXPIRED" => Self::Expired,
            "QUOTA_EXCEEDED" => Self::QuotaExceeded,
            _ => {
                parameters.note(STATUS, "is not a known outcome, so the redemption counts as failed");
                Self::Unknown(status.into_owned())
            }
        })
    }
}
