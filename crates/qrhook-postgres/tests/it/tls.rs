//! Connections over TLS.

use qrhook_postgres::ConnectError;
use qrhook_test_servers::Postgres;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;

use crate::support::{DONE, connect, found, handle, patient, pool};

struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), issuer.pem()).unwrap();
        Self { issuer, folder }
    }

    /// Starts a server whose certificate is for this name.
    fn server(&self, name: &str) -> Postgres {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Postgres::start_with_tls(&certificate.pem(), &key.serialize_pem())
    }

    fn verified(&self, postgres: &Postgres) -> String {
        let root = self.folder.path().join("ca.pem");
        format!("{}?sslmode=verify-full&sslrootcert={}", postgres.url(), root.display())
    }
}

async fn is_refused(url: &str) {
    let error = patient().connect(url).await.unwrap_err();
    assert!(matches!(error, ConnectError::Tls { .. }), "{error:?}");
}

#[tokio::test]
async fn a_trusted_server_is_used_over_tls() {
    let authority = Authority::new();
    let postgres = authority.server("127.0.0.1");
    let store = connect(&authority.verified(&postgres)).await;
    handle(&store, 1).await;
    assert_eq!(found(&store, 1).await, DONE);
    let pool = pool(10).connect(&format!("{}?sslmode=disable", postgres.url())).await.unwrap();
    let encrypted: i64 =
        sqlx::query_scalar("SELECT count(*) FROM pg_stat_ssl WHERE ssl").fetch_one(&pool).await.unwrap();
    assert_eq!(encrypted, 1);
}

#[tokio::test]
async fn other_servers_are_refused() {
    let (authority, another) = (Authority::new(), Authority::new());
    let postgres = authority.server("127.0.0.1");
    is_refused(&another.verified(&postgres)).await;
    // The authorities of the system did not sign it either.
    is_refused(&format!("{}?sslmode=verify-full", postgres.url())).await;
    is_refused(&authority.verified(&authority.server("db.example"))).await;
    is_refused(&authority.verified(&Postgres::start())).await;
    is_refused(&format!("{}?sslmode=verify-full&sslrootcert=/nowhere.pem", postgres.url())).await;
}
