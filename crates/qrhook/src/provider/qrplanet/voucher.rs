//! Vouchers, and attempts to redeem them.

use std::borrow::Cow;

use super::parameter::{Parameter, Parameters, parameters};
use crate::time::Timestamp;

parameters! {
    /// A voucher. Documented for `VOUCHER_UPDATED` (both vendor pages). Assumed: the other events about vouchers have
    /// the same parameters.
    pub struct Voucher {
        /// The title.
        "title" => title: String;
        /// The description. Owners may write HTML (help article on coupons), so it is untrusted markup: escape or
        /// sanitise it before you show it.
        "description" => description: String;
        /// The kind of voucher. The name `type` is documented. Assumed: the other name is that of `VOUCHER_REDEEMED`.
        "vouchertype" | "type" => kind: VoucherKind;
        /// The product.
        "productname" => product_name: String;
        /// The URL of the page that the voucher links to.
        "website" => website: String;
        /// The number that is printed on the voucher, with its leading zeros.
        "couponnumber" => coupon_number: String;
        /// The first day of validity. Assumed: it is written as a date.
        "validfrom" => valid_from: Timestamp;
        /// The last day of validity. Assumed: it is written as a date.
        "validto" => valid_to: Timestamp;
    }
}

parameters! {
    /// An attempt to redeem a voucher. The variant of [`Payload`](super::Payload) says whether it succeeded.
    pub struct Redemption {
        /// The kind of voucher: `vouchertype` in form A of the vendor's page, `type` in form B. The first one counts.
        "vouchertype" | "type" => kind: VoucherKind;
        /// The EAN code of a redeemable voucher with a barcode (both pages): digits with their leading zeros.
        "eancode" => ean_code: String;
        /// The id of the single voucher, for one-time vouchers (both pages): one of the ids that were chosen when the
        /// codes were created in bulk.
        "uniqueid" => unique_id: String;
    }
}

/// The number of times that a voucher can be redeemed. Source: form B.
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

/// The reason why a voucher was not redeemed. Source of the values: form B.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailureReason {
    /// `VOUCHER_ALREADY_REDEEMED`: the voucher had been redeemed before.
    AlreadyRedeemed,
    /// `VOUCHER_EXPIRED`: the voucher has expired. The event with this name is
    /// [`Payload::VoucherExpired`](super::Payload::VoucherExpired).
    Expired,
    /// `QUOTA_EXCEEDED`: the maximum number of redemptions is reached.
    QuotaExceeded,
    /// An outcome that this version does not know, as it was sent. Also listed in
    /// [`oddities`](crate::Delivery::oddities).
    Unknown(String),
    /// The event has no outcome. Also listed in [`oddities`](crate::Delivery::oddities).
    Missing,
}

impl FailureReason {
    /// `None` for a success, which is exactly the text `SUCCESS`, apart from blanks around it. The vendor does not document
    /// other spellings, and accepting them could give goods away.
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
