//! What keeps a connection from being used: one table of what is wrong and what helps, the same for the log, for `ownwords
//! connect` and for a delivery that waits. Nothing that a peer said is quoted, so no secret and no word of a record can be
//! in it.

/// What is wrong with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// No connection could be made.
    NotReached,
    /// A connection, and no whole answer.
    NoAnswer,
    /// The certificate was signed by no one we trust.
    CertificateUnknown,
    /// The certificate's time is over or has not come.
    CertificateExpired,
    /// The certificate is for another host.
    CertificateName,
    /// The certificate cannot be used for another reason.
    CertificateOther,
    /// The server wants a certificate of ours, or does not take the one it got.
    ClientCertificate,
    /// The port does not speak TLS.
    NotTls,
    /// There is no `metadata` at this address.
    NotFound,
    /// The server sends us elsewhere.
    Elsewhere,
    /// A page for people.
    Html,
    /// XML, though JSON was asked for.
    Xml,
    /// Something else than a FHIR statement.
    NotFhir,
    /// FHIR DSTU2.
    Dstu2,
    /// FHIR STU3.
    Stu3,
    /// FHIR R4B, R5 or later.
    LaterVersion,
    /// A statement without a server part.
    NoServerPart,
    /// The server failed.
    ServerFailed,
    /// 401 or 403.
    NotLetIn,
    /// No token address is known.
    NoTokenAddress,
    /// A token address that would carry our credentials in the open.
    TokenAddressUnsafe,
    /// The kind of our key is not on the server's list.
    AlgorithmNotOffered,
    /// The server does not take our key.
    KeyRefused,
    /// The server says that the key's time is over.
    KeyExpired,
    /// The server does not take our secret.
    SecretRefused,
    /// The secret or key can no longer be read.
    SecretUnreadable,
    /// The client may not ask for tokens this way.
    ClientNotAllowed,
    /// A scope that the server does not give.
    ScopeRefused,
    /// Less was granted than delivering needs.
    ScopeMissing,
    /// Our clock and theirs are minutes apart.
    ClockOff,
    /// The token's answer cannot be understood.
    TokenUnclear,
    /// The server gives itself another address on the same host.
    TenantMixUp,
    /// The test person is not there.
    PersonNotThere,
    /// No transaction.
    NoTransaction,
    /// No safe way to write.
    NoMethod,
    /// Every rung was turned away, or is not set up.
    NoRung,
    /// The write method of this connection is gone.
    MethodGone,
    /// Our own store did not answer.
    Store,
}

impl Fault {
    /// Its name, for programs and metrics.
    pub fn code(self) -> &'static str {
        self.row().0
    }

    /// What is wrong.
    pub fn says(self) -> &'static str {
        self.row().1
    }

    /// What helps.
    pub fn help(self) -> &'static str {
        self.row().2
    }

    #[rustfmt::skip]
    fn row(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::NotReached => ("not-reached", "the server was not reached", "check host and port of base_url, and whether a firewall lets us out"),
            Self::NoAnswer => ("no-answer", "the server was reached and gave no whole answer in time", "ask again; if it stays so, raise timeout_s or ask the server's people"),
            Self::CertificateUnknown => ("certificate-unknown", "the server's certificate is signed by no one this machine trusts", "if the server has a CA of its own, give its certificate as tls.ca_file; never switch the check off"),
            Self::CertificateExpired => ("certificate-expired", "the server's certificate is not valid today", "tell the server's people; if their certificate is in order, this machine's clock is wrong"),
            Self::CertificateName => ("certificate-name", "the server's certificate is for another host", "use the host that the certificate names in base_url"),
            Self::CertificateOther => ("certificate-unusable", "the server's certificate cannot be used", "tell the server's people"),
            Self::ClientCertificate => ("client-certificate", "the server wants a client certificate, or does not take ours", "give tls.certificate_file and tls.key_file as the server's people issued them"),
            Self::NotTls => ("not-tls", "the port does not speak TLS", "check the port, or whether the address begins with http://"),
            Self::NotFound => ("wrong-address", "there is no FHIR server at this address: it has no metadata", "check the path of base_url; it ends before /metadata, such as https://host/fhir/r4"),
            Self::Elsewhere => ("redirected", "the server sends us to another address, which is not followed", "give the address that it points to as base_url, if it is the right one"),
            Self::Html => ("html", "a web page came instead of FHIR", "check the path of base_url, and that no login page or proxy stands before it"),
            Self::Xml => ("xml", "XML came though JSON was asked for", "ask the server's people to allow application/fhir+json; XML statements are not used for delivery"),
            Self::NotFhir => ("not-fhir", "what came is no FHIR CapabilityStatement", "check the path of base_url"),
            Self::Dstu2 => ("dstu2", "the server speaks FHIR DSTU2, not R4", "ask for its R4 address; many servers have one a version, such as /r4"),
            Self::Stu3 => ("stu3", "the server speaks FHIR STU3, not R4", "ask for its R4 address; many servers have one a version, such as /r4"),
            Self::LaterVersion => ("later-version", "the server speaks a FHIR version other than R4", "ask for its R4 address"),
            Self::NoServerPart => ("no-server-part", "the statement says nothing about what the server can do", "tell the server's people"),
            Self::ServerFailed => ("server-failed", "the server answered with an error of its own", "ask again later, or tell the server's people"),
            Self::NotLetIn => ("not-let-in", "the server did not let us in", "check auth of this connection, and whether our client is active there"),
            Self::NoTokenAddress => ("no-token-address", "the server names no token address", "give auth.token_url, as the server's people tell it"),
            Self::TokenAddressUnsafe => ("token-address-unsafe", "the token address is not https, so our credentials could be read on the way", "give an https auth.token_url"),
            Self::AlgorithmNotOffered => ("algorithm", "the server does not take keys of our kind", "make a key of the other kind: RSA for RS384, P-384 for ES384"),
            Self::KeyRefused => ("key-refused", "the server does not take our key", "register the public keys that `ownwords connect jwks` prints, and check client_id and kid"),
            Self::KeyExpired => ("key-expired", "the server says that our key or client has expired", "make a new key, register it, and put its file into auth.key_file"),
            Self::SecretRefused => ("secret-refused", "the server does not take our client_id or secret", "have the secret renewed and put it into the file or variable that auth names"),
            Self::SecretUnreadable => ("secret-unreadable", "the secret of this connection cannot be read", "check the file or variable that auth names"),
            Self::ClientNotAllowed => ("client-not-allowed", "our client may not ask for tokens this way", "have it registered there for SMART Backend Services (client_credentials)"),
            Self::ScopeRefused => ("scope-refused", "the server gives none of the scopes asked for", "set auth.scopes to those that our client was registered with"),
            Self::ScopeMissing => ("scope-missing", "the token lacks scopes that delivering needs", "have the missing scopes added to our client there, or set auth.scopes"),
            Self::ClockOff => ("clock", "this machine's clock and the server's are minutes apart", "set this machine's clock by NTP; if it is right, tell the server's people"),
            Self::TokenUnclear => ("token-unclear", "the token address gave no token that we understand", "check auth.token_url"),
            Self::TenantMixUp => ("tenant-mix-up", "the address belongs to one tenant and the server speaks for another", "have base_url, auth.token_url and client_id checked: all three must be of the same organization"),
            Self::PersonNotThere => ("person-not-there", "the server does not show us the test person", "check the id of --person; the person must be a test person of this organization"),
            Self::NoTransaction => ("no-transaction", "the statement lists no transaction, so plans cannot be written whole", "if the server takes them all the same, set known.can = [\"transaction\"]"),
            Self::NoMethod => ("no-method", "the statement allows neither ids of ours nor conditional create for every type of a plan", "try `ownwords connect --write` on a test person; what it proves is kept as method"),
            Self::NoRung => ("no-rung", "the server turned every rung away that is set up", "set up another one, such as outbound.folder; `ownwords connect` tells what is wanting"),
            Self::MethodGone => ("method-gone", "the server no longer offers the write method of this connection", "ask the server's people what changed; a new name starts a new connection"),
            Self::Store => ("store", "our own store did not answer", "see the log lines about the store"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Fault;

    #[test]
    fn each_says_something_of_its_own() {
        let all =
            [Fault::NotReached, Fault::Html, Fault::KeyRefused, Fault::ClockOff, Fault::TenantMixUp, Fault::Store];
        for (at, fault) in all.iter().enumerate() {
            assert!(all[..at].iter().all(|other| other.code() != fault.code() && other.says() != fault.says()));
            assert!(fault.help().len() > 10, "{}", fault.code());
        }
    }
}
