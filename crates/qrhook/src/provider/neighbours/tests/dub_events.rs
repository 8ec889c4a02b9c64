//! The events of Dub.

use super::*;

/// Reads an event of this type with this data, in which nothing is odd.
fn read_as(event_type: &str, data: &str) -> dub::Event {
    let (event, oddities) = read::<Dub>(format!(r#"{{"id":"1","event":"{event_type}","data":{data}}}"#).as_bytes());
    assert_eq!((oddities, event.known_type()), (vec![], Some(event_type)));
    event
}

#[test]
fn a_click_of_dub_is_a_scan_if_it_came_from_a_qr_code() {
    let event = sample::<Dub>("link.clicked");
    let clicked = payload!(event, dub::Payload::LinkClicked(clicked) => clicked);
    let (click, link) = (clicked.click.as_ref().unwrap(), clicked.link.as_ref().unwrap());
    assert_all_typed(&[&clicked.extra, &click.extra, &link.extra]);
    assert_eq!((click.id.as_deref(), click.qr), (Some("ExampleClick0001"), Some(true)));
    assert_eq!((click.continent.as_deref(), click.url.as_deref()), (Some("EU"), Some("https://example.com/menu")));
    assert_eq!((click.ip.as_deref(), click.ua.as_deref()), (None, Some("Example/1.0")));
    assert_eq!((link.id.as_deref(), link.clicks, link.archived), (Some("link_example0001"), Some(12), Some(false)));
    assert_eq!(link.tags.as_ref().map(Vec::len), Some(0));
    let expected = Scan {
        code: Some("menu"),
        time: click.timestamp.as_ref(),
        country: Some("NL"),
        city: Some("Unknown"),
        device: Some("Mobile"),
        os: Some("Unknown"),
        browser: Some("Unknown"),
        referer: Some("(direct)"),
        ..Scan::of("dub")
    };
    assert_eq!(event.scan(), Some(expected));
    assert_eq!(click.timestamp.as_ref().unwrap().as_str(), "2026-05-04T08:15:12.004Z");

    for (to, oddities) in [("false", vec![]), ("null", vec![]), ("[]", vec!["`data.click.qr` is not true or false"])] {
        let (event, found) = changed::<Dub>("link.clicked", r#""qr": true"#, &format!(r#""qr": {to}"#));
        assert_eq!((event.scan(), found), (None, oddities.into_iter().map(str::to_owned).collect()), "{to}");
        let clicked = payload!(event, dub::Payload::LinkClicked(clicked) => clicked);
        assert_eq!(clicked.click.as_ref().unwrap().country.as_deref(), Some("NL"), "the rest stays: {to}");
    }
}

#[test]
fn a_link_a_lead_and_a_sale_of_dub_are_typed() {
    for event_type in ["link.created", "link.updated", "link.deleted"] {
        let event =
            read_as(event_type, r#"{"id":"link_1","geo":{"NL":"https://example.com"},"saleAmount":-5,"new":1}"#);
        let link = payload!(event, dub::Payload::LinkCreated(link)
            | dub::Payload::LinkUpdated(link)
            | dub::Payload::LinkDeleted(link) => link);
        assert_eq!((link.id.as_deref(), link.sale_amount), (Some("link_1"), Some(-5)));
        assert_eq!(link.geo.as_ref().unwrap().as_str(), r#"{"NL":"https://example.com"}"#);
        assert_eq!(link.extra.get("new").unwrap().as_str(), "1");
    }
    let common = r#""eventName":"n","customer":{"id":"c","email":"a@example.com","sales":2},"click":{"qr":true},
        "link":{"key":"k"},"partner":{"id":"p","totalClicks":3},"metadata":{"a":1}"#;
    let event = read_as("lead.created", &format!("{{{common}}}"));
    let lead = payload!(event, dub::Payload::LeadCreated(lead) => lead);
    assert_eq!(lead.customer.as_ref().unwrap().email.as_deref(), Some("a@example.com"));
    assert_eq!(lead.partner.as_ref().unwrap().total_clicks, Some(3));
    assert_eq!(lead.metadata.as_ref().unwrap().as_str(), r#"{"a":1}"#);
    assert_eq!(event.scan(), None, "a lead is not a scan, even if its click was one");
    let event =
        read_as("sale.created", &format!(r#"{{{common},"sale":{{"amount":4500,"currency":"usd","invoiceId":null}}}}"#));
    let sale = payload!(event, dub::Payload::SaleCreated(sale) => sale);
    assert_eq!(sale.customer.as_ref().unwrap().sales, Some(2));
    let sale = sale.sale.as_ref().unwrap();
    assert_eq!((sale.amount, sale.currency.as_deref(), sale.invoice_id.as_deref()), (Some(4500), Some("usd"), None));
}

#[test]
fn a_partner_of_dub_and_an_application_are_typed() {
    let event = read_as("partner.enrolled", r#"{"id":"p","name":"N","links":[{"id":"l","conversions":2}]}"#);
    let partner = payload!(event, dub::Payload::PartnerEnrolled(partner) => partner);
    assert_eq!(partner.links.as_ref().unwrap()[0].conversions, Some(2));

    let merge = r#"{"sourcePartner":{"id":"a"},"targetPartner":{"id":"b"},"targetAlreadyEnrolled":true}"#;
    let event = read_as("partner.merged", merge);
    let merged = payload!(event, dub::Payload::PartnerMerged(merged) => merged);
    assert_eq!(merged.source_partner.as_ref().unwrap().id.as_deref(), Some("a"));
    assert_eq!(merged.target_partner.as_ref().unwrap().id.as_deref(), Some("b"));
    assert_eq!(merged.target_already_enrolled, Some(true));

    let data = r#"{"id":"a","partner":{"id":"p","platforms":[{"type":"website","identifier":"I","verifiedAt":null}]},
        "applicationFormData":[{"label":"L","value":"V"},{"label":"M","value":null}]}"#;
    for event_type in ["program_application.created", "partner.application_submitted"] {
        let event = read_as(event_type, data);
        let application = payload!(event, dub::Payload::ApplicationSubmitted { data, .. } => data);
        let applicant = application.partner.as_ref().unwrap();
        assert_all_typed(&[&application.extra, &applicant.extra]);
        assert_eq!(applicant.platforms.as_ref().unwrap()[0].identifier.as_deref(), Some("I"));
        let fields = application.application_form_data.as_ref().unwrap();
        assert_eq!((fields[0].value.as_deref(), fields[1].value.as_deref()), (Some("V"), None));
    }
}

#[test]
fn the_money_and_the_tasks_of_dubs_partners_are_typed() {
    let data = r#"{"id":"cm","type":"sale","amount":-500,"earnings":100,"quantity":1,"partner":{"id":"p"},
        "customer":{"id":"c","country":"US"},"link":{"key":"k"}}"#;
    let event = read_as("commission.created", data);
    let commission = payload!(event, dub::Payload::CommissionCreated(commission) => commission);
    assert_all_typed(&[&commission.extra, &commission.customer.as_ref().unwrap().extra]);
    assert_eq!((commission.kind.as_deref(), commission.amount), (Some("sale"), Some(-500)));
    assert_eq!(commission.customer.as_ref().unwrap().country.as_deref(), Some("US"));

    let event = read_as("payout.confirmed", r#"{"amount":5000,"mode":"external","partner":{"tenantId":"t"}}"#);
    let payout = payload!(event, dub::Payload::PayoutConfirmed { data, .. } => data);
    assert_eq!((payout.amount, payout.mode.as_deref()), (Some(5000), Some("external")));
    assert_eq!(payout.partner.as_ref().unwrap().tenant_id.as_deref(), Some("t"));

    for event_type in ["bounty.created", "bounty.updated"] {
        let data = r#"{"maxSubmissions":1,"performanceCondition":{"attribute":"totalLeads","operator":"gte","value":5},
            "submissionRequirements":{"url":{}},"groups":[{"id":"g"}],"partnerTags":[]}"#;
        let event = read_as(event_type, data);
        let bounty =
            payload!(event, dub::Payload::BountyCreated(bounty) | dub::Payload::BountyUpdated(bounty) => bounty);
        assert_all_typed(&[&bounty.extra]);
        assert_eq!(bounty.performance_condition.as_ref().unwrap().value, Some(5));
        assert_eq!(bounty.submission_requirements.as_ref().unwrap().as_str(), r#"{"url":{}}"#);
        assert_eq!(bounty.groups.as_ref().unwrap()[0].id.as_deref(), Some("g"));
    }
    for event_type in ["discount_code.created", "discount_code.deleted"] {
        let event =
            read_as(event_type, r#"{"code":"C","discount":{"amount":12.5,"type":"percentage","maxDuration":6}}"#);
        let code = payload!(event, dub::Payload::DiscountCodeCreated(code)
            | dub::Payload::DiscountCodeDeleted(code) => code);
        let discount = code.discount.as_ref().unwrap();
        assert_all_typed(&[&code.extra, &discount.extra]);
        assert_eq!((code.code.as_deref(), discount.amount, discount.max_duration), (Some("C"), Some(12.5), Some(6)));
    }
}
