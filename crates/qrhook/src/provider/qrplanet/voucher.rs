//! Vouchers, and attempts to redeem them.

use std::borrow::Cow;

use super::parameter::{Parameter, Parameters, parameters};
use crate::time::Timestamp;

parameters! {
    /// A voucher. Documented for `VOUCHER_UPDATED` (both vendor pages); that the other events about vouchers carry the
    /// same is assumed.
    pub struct Voucher {
        /// Title.
        "title" => title: String;
        /// Description. Owners may write HTML into it (help article on coupons), so it is untrusted markup: escape or
        /// sanitize it before it is shown.
        "description" => description: String;
        /// Kind of voucher. The name `type` is documented; the other one is taken over from `VOUCHER_REDEEMED`.
        "vouchertype" | "type" => kind: VoucherKind;
        /// Product.
        "productname" => product_name: String;
        /// The page that the voucher links to, a URL.
        "website" => website: String;
        /// The number printed on the voucher, with its leading zeros.
        "couponnumber" => coupon_number: String;
        /// First day of validity. That it is written as a date is assumed.
        "validfrom" => valid_from: Timestamp;
        /// Last day of validity. That it is written as a date is assumed.
        "validto" => valid_to: Timestamp;
    }
}

parameters! {
    /// An attempt to redeem a voucher. The variant of [`Payload`](super::Payload) tells you whether it succeeded.
    pub struct Redemption {
        /// Kind of voucher: `vouchertype` in form A of the vendor's page, `type` in form B. The first one counts.
        "vouchertype" | "type" => kind: VoucherKind;
        /// EAN code of a redeemable voucher with a barcode (both pages): digits with their leading zeros.
        "eancode" => ean_code: String;
        /// Which single voucher, for one-time vouchers (both pages): one of the ids that were chosen when the codes
        /// were made in bulk.
        "uniqueid" => unique_id: String;
    }
}

/// How often a voucher can be redeemed. Source: form B.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum VoucherKind {
    /// `UNIQUEIP`: once per IP address.
    UniqueIp,
    /// `UNIQUEID`: once.
    UniqueId,
    /// A kind that this version does not know, as it was sent.
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

/// Why a voucher was not redeemed. Source of the values: form B.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailureReason {
    /// `VOUCHER_ALREADY_REDEEMED`: it had been redeemed before.
    AlreadyRedeemed,
    /// `VOUCHER_EXPIRED`: too late. The event of that name is
    /// [`Payload::VoucherExpired`](super::Payload::VoucherExpired).
    Expired,
    /// `QUOTA_EXCEEDED`: the limit of redemptions is reached.
    QuotaExceeded,
    /// An outcome that this version does not know, as it was sent. Listed in
    /// [`oddities`](crate::Delivery::oddities) too.
    Unknown(String),
    /// The event does not tell its outcome. Listed in [`oddities`](crate::Delivery::oddities) too.
    Missing,
}

impl FailureReason {
    /// `None` for a success, which is the text `SUCCESS` and no other: letters of another case, or words around it,
    /// are no promise of the vendor, and goods would be given away for them. Blanks around it say nothing.
    pub(super) fn take(parameters: &mut Parameters<'_>) -> Option<Self> {
        const STATUS: &str = "status";
        let Some(status) = parameters.take(STATUS) else {
            parameters.note(STATUS, "is missing, so that the redemption counts as failed");
            return Some(Self::Missing);
        };
        Some(match status.trim_ascii() {
            "SUCCESS" => return None,
            "VOUCHER_ALREADY_REDEEMED" => Self::AlreadyRedeemed,
            "VOUCHER_EXPIRED" => Self::Expired,
            "QUOTA_EXCEEDED" => Self::QuotaExceeded,
            _ => {
                parameters.note(STATUS, "is no known outcome, so that the redemption counts as failed");
                Self::Unknown(status.into_owned())
            }
        })
    }
}
