use super::*;

#[test]
fn every_sample_has_its_type_and_no_unknown_or_odd_member() {
    for (name, body) in SAMPLES {
        let (event, oddities) = decode(body);
        assert_eq!(event.event_type(), Some(name));
        assert!(!matches!(event.payload, Payload::Unknown { .. }), "{name}");
        assert_eq!(oddities, [], "{name}");
        assert!(event.id.starts_with("evt_"), "{name}");
        assert!(event.created_at.as_ref().is_some_and(|at| at.unix().is_some()), "{name}");
        assert!(event.extra.is_empty(), "{name}");
        // An object shows its unknown members, if any, at every level.
        assert!(!format!("{:?}", event.payload).contains("extra"), "{name}: {:?}", event.payload);
        assert!(event.data().is_some(), "{name}");
    }
}

#[test]
fn links() {
    let created = payload!(LinkCreated, sample!("link.created"));
    assert_eq!(text(&created.id), "cmexamplelink0000000000001");
    assert_eq!((text(&created.domain), text(&created.key)), ("codeqr.link", "spring26"));
    assert_eq!(text(&created.short_link), "https://codeqr.link/spring26");
    assert_eq!(text(&created.qr_code), "https://api.codeqr.io/qr?url=https://codeqr.link/spring26?qr=1");
    assert_eq!((created.clicks, created.sale_amount, created.archived), (Some(0), Some(0), Some(false)));
    assert_eq!((&created.external_id, &created.last_clicked, &created.geo), (&None, &None, &None));
    assert_eq!(created.tags, Some(Vec::new()));
    assert_eq!(time(&created.created_at), Some(1_773_478_800_207));

    let updated = payload!(LinkUpdated, sample!("link.updated"));
    assert_eq!(text(&updated.external_id), "crm-1001");
    assert_eq!(time(&updated.expires_at), Some(1_782_863_999_000));
    assert_eq!(text(&updated.expired_url), "https://example.com/over");
    assert_eq!((text(&updated.title), text(&updated.comments)), ("Spring menu", "Printed on table tents"));
    assert_eq!((updated.proxy, updated.rewrite, updated.do_index), (Some(true), Some(false), Some(false)));
    assert_eq!(updated.geo.as_ref().and_then(|geo| geo.get("PT")).map(String::as_str), Some("https://example.com/pt"));
    assert_eq!((text(&updated.utm_source), text(&updated.utm_campaign)), ("flyer", "spring"));
    assert_eq!(
        (text(&updated.ios), text(&updated.folder_id)),
        ("https://example.com/ios", "cmexamplefold0000000000001")
    );
    assert_eq!((updated.use_as_template, updated.is_form_mandatory), (Some(false), Some(false)));
    let [tag] = updated.tags.as_deref().unwrap_or_default() else { panic!("one tag") };
    assert_eq!((text(&tag.id), text(&tag.name), text(&tag.color)), (text(&updated.tag_id), "season", "green"));
    let [rule] = updated.rules.as_deref().unwrap_or_default() else { panic!("one rule") };
    assert_eq!((text(&rule.attribute), text(&rule.operator), text(&rule.value)), ("language", "equals", "pt"));
    assert_eq!(text(&rule.url), "https://example.com/pt");

    let deleted = payload!(LinkDeleted, sample!("link.deleted"));
    assert_eq!((deleted.clicks, deleted.archived), (Some(1204), Some(true)));
}

#[test]
fn qr_codes() {
    let created = payload!(QrCodeCreated, sample!("qrcode.created"));
    assert_eq!((text(&created.id), text(&created.key)), ("cmexampleqrcd0000000000001", "menu-qr"));
    assert_eq!((text(&created.kind), created.is_static), ("url", Some(false)));
    assert_eq!((created.size, created.height, created.width), (Some(1024.0), Some(160.0), Some(160.5)));
    assert_eq!((text(&created.bg_color), text(&created.fg_color), text(&created.level)), ("#ffffff", "#000000", "M"));
    assert_eq!((created.excavate, created.use_display_page, created.scans), (Some(true), Some(true), Some(0)));
    assert_eq!((&created.wifi, &created.tags, &created.frame_text_styles), (&None, &None, &None));

    let updated = payload!(QrCodeUpdated, sample!("qrcode.updated"));
    let wifi = updated.wifi.as_ref().expect("a wifi code");
    assert_eq!(wifi.get("password").map(String::as_str), Some("not-a-real-password"));
    assert_eq!((text(&updated.kind), updated.scans), ("wifi", Some(31)));
    assert_eq!(time(&updated.last_clicked), Some(1_773_646_752_000));
    assert_eq!(updated.tags.as_deref().unwrap_or_default().len(), 1);

    let deleted = payload!(QrCodeDeleted, sample!("qrcode.deleted"));
    assert_eq!((deleted.scans, deleted.archived), (Some(812), Some(true)));
}

#[test]
fn pages() {
    let created = payload!(PageCreated, sample!("page.created"));
    assert_eq!((text(&created.id), text(&created.key)), ("cmexamplepage0000000000001", "p/feedback26"));
    assert_eq!((text(&created.kind), text(&created.page_title)), ("feedback", "Tell us"));
    assert_eq!(created.page_subtitle, None, "an empty string counts as missing");
    assert_eq!(created.page_background_styles.as_ref().map(|raw| raw.as_str().contains("#fafafa")), Some(true));
    assert_eq!(created.page_form_styles.as_ref().map(|raw| raw.as_str()), Some("{}"));
    assert_eq!(created.items.as_ref().map(|raw| raw.as_str()), Some("[]"));
    assert_eq!((created.views, created.feedbacks_count, created.hidden_logo), (Some(0), Some(0), Some(false)));
    assert_eq!(created.social_media_links, None);

    let updated = payload!(PageUpdated, sample!("page.updated"));
    assert_eq!((text(&updated.name), updated.views), ("Opinião dos clientes", Some(14)));
    let deleted = payload!(PageDeleted, sample!("page.deleted"));
    assert_eq!(deleted.views, Some(260));
}

#[test]
fn leads_and_sales() {
    let lead = payload!(LeadCreated, sample!("lead.created"));
    assert_eq!(text(&lead.event_name), "Account opened");
    let customer = lead.customer.as_ref().expect("a customer");
    assert_eq!((text(&customer.name), text(&customer.email)), ("Ana Souza", "ana@example.com"));
    assert_eq!(text(&customer.avatar), "https://example.com/avatars/ana.png");
    let interaction = lead.interaction.as_ref().expect("an interaction");
    assert_eq!(text(&interaction.click_id), "aB3dE5fG7hJ9kL1m");
    assert_eq!((&interaction.timestamp, interaction.bot, interaction.qr), (&None, Some(false), Some(false)));
    assert_eq!(lead.link.as_ref().and_then(|link| link.clicks), Some(23));
    assert_eq!((&lead.qr_code, &lead.page), (&None, &None));

    let sale = payload!(SaleCreated, sample!("sale.created"));
    assert_eq!(text(&sale.event_name), "Invoice paid");
    assert_eq!(sale.link.as_ref().and_then(|link| link.sale_amount), Some(3790));
    let sale = sale.sale.as_ref().expect("a sale");
    assert_eq!((sale.amount, text(&sale.currency)), (Some(3790), "usd"));
    assert_eq!((text(&sale.payment_processor), text(&sale.invoice_id)), ("stripe", "inv_EXAMPLE_0001"));
}

#[test]
fn partners() {
    let partner = payload!(PartnerEnrolled, sample!("partner.enrolled"));
    assert_eq!(text(&partner.id), "pn_EXAMPLE0000000000000000001");
    assert_eq!((text(&partner.name), text(&partner.email)), ("Example Partner", "partner@example.com"));
    assert_eq!((text(&partner.status), text(&partner.country)), ("approved", "BR"));
    assert_eq!((partner.clicks, partner.earnings, partner.sale_amount), (Some(0), Some(0), Some(0)));
    let [link] = partner.links.as_deref().unwrap_or_default() else { panic!("one link") };
    assert_eq!((text(&link.key), link.sale_amount), ("partner-a", Some(0)));
}

#[test]
fn clicks_scans_and_views() {
    let click = payload!(LinkClicked, sample!("link.clicked"));
    let interaction = click.interaction.as_ref().expect("an interaction");
    assert_eq!((text(&click.event_name), text(&interaction.click_id)), ("Link clicked", "aB3dE5fG7hJ9kL1m"));
    assert_eq!(time(&interaction.timestamp), Some(1_773_484_267_418));
    assert_eq!((text(&interaction.ip), text(&interaction.continent)), ("203.0.113.7", "SA"));
    assert!(text(&interaction.ua).starts_with("Mozilla/5.0"));
    assert_eq!(click.link.as_ref().and_then(|link| link.clicks), Some(24));

    let scan = payload!(QrCodeScanned, sample!("qrcode.scanned"));
    assert_eq!(scan.interaction.as_ref().map(|it| text(&it.click_id)), Some("nN2pQ4rS6tU8vW0x"));
    assert_eq!(scan.qr_code.as_ref().and_then(|code| code.scans), Some(1));

    let visit = payload!(PageVisited, sample!("page.visited"));
    assert_eq!(visit.interaction.as_ref().map(|it| text(&it.referer)), Some("example.org"));
    assert_eq!(visit.page.as_ref().map(|page| text(&page.name)), Some("Customer feedback"));
}

#[test]
fn every_member_of_the_schema_is_known() {
    // The created samples carry every member, most of them null. Once filled, each must reach its field.
    for (event_type, name, body) in
        [("qrcode.created", "qrcode", sample!("qrcode.created")), ("page.created", "page", sample!("page.created"))]
    {
        let sample: Value = serde_json::from_str(body).expect("JSON");
        for (member, _) in sample["data"][name].as_object().expect("an object") {
            let (filled, oddities) = decode(event(event_type, &json!({ name: { member: "1" } })));
            assert!(!format!("{:?}", filled.payload).contains("extra"), "{name}.{member}");
            let empty = decode(event(event_type, &json!({ name: {} }))).0;
            assert!(filled.payload != empty.payload || !oddities.is_empty(), "{name}.{member}");
        }
    }
}
