//! Our keys for SMART Backend Services: read from PEM or JWK, shown to the outside as public JWK, and used for one thing:
//! to sign the assertion that is changed for a token.

use std::{fs, io, path::Path};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
use jiff::Timestamp;
use ring::{
    rand::SystemRandom,
    rsa::{KeyPairComponents, PublicKeyComponents},
    signature::{ECDSA_P384_SHA384_FIXED_SIGNING as ES384, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA384, RsaKeyPair},
};
use rustls::pki_types::{PrivateKeyDer, pem::PemObject};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::super::SyncError;

/// How long an assertion holds. Servers take five minutes at most; clocks may differ a little.
const ASSERTION_SECONDS: i64 = 240;

/// A private key and what the outside may know of it.
pub(crate) struct Key {
    pair: Pair,
    kid: String,
    public: Value,
}

enum Pair {
    Rsa(Box<RsaKeyPair>),
    Ec(Box<EcdsaKeyPair>),
}

impl Key {
    /// Reads a key; `kid` takes the place of the key's own id.
    pub(crate) fn read(file: &Path, kid: Option<&str>) -> Result<Self, SyncError> {
        let fault = |problem| SyncError::Key { file: file.to_owned(), problem };
        let text = fs::read_to_string(file).map_err(|error| {
            fault(match error.kind() {
                io::ErrorKind::NotFound => "is not there",
                _ => "cannot be read",
            })
        })?;
        let (pair, own_kid) =
            if text.trim_start().starts_with('{') { of_jwk(&text) } else { of_pem(&text) }.map_err(fault)?;
        let mut public = public(&pair);
        let kid = kid.map(str::to_owned).or(own_kid).unwrap_or_else(|| thumbprint(&public));
        let algorithm = pair.algorithm();
        let members = [("kid", kid.as_str()), ("use", "sig"), ("alg", algorithm)];
        for (name, value) in members {
            public[name] = json!(value);
        }
        public["key_ops"] = json!(["verify"]);
        Ok(Self { pair, kid, public })
    }

    /// `RS384` or `ES384`.
    pub(crate) fn algorithm(&self) -> &'static str {
        self.pair.algorithm()
    }

    /// The public half as JWK.
    pub(crate) fn public(&self) -> &Value {
        &self.public
    }

    /// The signed assertion by which `client_id` asks for a token at `token_url`.
    pub(crate) fn assertion(&self, client_id: &str, token_url: &str, now: Timestamp) -> Option<String> {
        let header = json!({ "alg": self.algorithm(), "kid": self.kid, "typ": "JWT" });
        let now = now.as_second();
        let claims = json!({
            "iss": client_id, "sub": client_id, "aud": token_url, "iat": now, "exp": now + ASSERTION_SECONDS,
            "jti": Uuid::new_v4().to_string(),
        });
        let signed = format!("{}.{}", BASE64URL.encode(header.to_string()), BASE64URL.encode(claims.to_string()));
        let signature = self.pair.sign(signed.as_bytes())?;
        Some(format!("{signed}.{}", BASE64URL.encode(signature)))
    }
}

impl Pair {
    fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "RS384",
            Self::Ec(_) => "ES384",
        }
    }

    /// None only when the machine has no chance to give.
    fn sign(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let chance = SystemRandom::new();
        match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA384, &chance, bytes, &mut signature).ok()?;
                Some(signature)
            }
            Self::Ec(pair) => pair.sign(&chance, bytes).ok().map(|signature| signature.as_ref().to_vec()),
        }
    }
}

const NOT_A_KEY: &str =
    "holds no private key that can be used: RSA of 2048 bits or more, or P-384, as PEM (PKCS#8) or JWK";

fn of_pem(text: &str) -> Result<(Pair, Option<String>), &'static str> {
    match PrivateKeyDer::from_pem_slice(text.as_bytes()) {
        Ok(PrivateKeyDer::Pkcs8(der)) => {
            let der = der.secret_pkcs8_der();
            let rsa = || RsaKeyPair::from_pkcs8(der).map(|pair| Pair::Rsa(Box::new(pair)));
            let ec =
                || EcdsaKeyPair::from_pkcs8(&ES384, der, &SystemRandom::new()).map(|pair| Pair::Ec(Box::new(pair)));
            ec().or_else(|_| rsa()).map(|pair| (pair, None)).map_err(|_| NOT_A_KEY)
        }
        Ok(PrivateKeyDer::Pkcs1(der)) => {
            let pair = RsaKeyPair::from_der(der.secret_pkcs1_der()).map_err(|_| NOT_A_KEY)?;
            Ok((Pair::Rsa(Box::new(pair)), None))
        }
        Ok(PrivateKeyDer::Sec1(_)) => {
            Err("is a key in SEC1 form; turn it into PKCS#8 by `openssl pkcs8 -topk8 -nocrypt -in KEY -out NEW`")
        }
        _ if text.contains("ENCRYPTED") => {
            Err("is encrypted; keep it unencrypted in a file that only ownwords may read")
        }
        _ => Err(NOT_A_KEY),
    }
}

/// A private JWK, or the first private one of a set.
fn of_jwk(text: &str) -> Result<(Pair, Option<String>), &'static str> {
    let tree: Value = serde_json::from_str(text).map_err(|_| "is neither PEM nor JSON")?;
    let private = match tree["keys"].as_array() {
        Some(keys) => keys.iter().find(|key| key["d"].is_string()),
        None => Some(&tree),
    };
    let jwk = private.ok_or("holds public keys only; the private one is needed")?;
    let part = |name: &str| jwk[name].as_str().and_then(|text| BASE64URL.decode(text.trim_end_matches('=')).ok());
    let pair = match jwk["kty"].as_str() {
        Some("RSA") => rsa_of(part),
        Some("EC") if jwk["crv"] == "P-384" => ec_of(part),
        _ => None,
    };
    pair.map(|pair| (pair, jwk["kid"].as_str().map(str::to_owned))).ok_or(NOT_A_KEY)
}

fn rsa_of(part: impl Fn(&str) -> Option<Vec<u8>>) -> Option<Pair> {
    let public_key = PublicKeyComponents { n: part("n")?, e: part("e")? };
    let parts = KeyPairComponents {
        public_key,
        d: part("d")?,
        p: part("p")?,
        q: part("q")?,
        dP: part("dp")?,
        dQ: part("dq")?,
        qInv: part("qi")?,
    };
    RsaKeyPair::from_components(&parts).ok().map(|pair| Pair::Rsa(Box::new(pair)))
}

fn ec_of(part: impl Fn(&str) -> Option<Vec<u8>>) -> Option<Pair> {
    let public = [vec![4], part("x")?, part("y")?].concat();
    let pair = EcdsaKeyPair::from_private_key_and_public_key(&ES384, &part("d")?, &public, &SystemRandom::new());
    pair.ok().map(|pair| Pair::Ec(Box::new(pair)))
}

/// The members that RFC 7638 takes for the thumbprint, in its order.
fn public(pair: &Pair) -> Value {
    match pair {
        Pair::Rsa(pair) => {
            let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(pair.public());
            json!({ "e": BASE64URL.encode(e), "kty": "RSA", "n": BASE64URL.encode(n) })
        }
        Pair::Ec(pair) => {
            // One byte says that both coordinates follow.
            let (x, y) = pair.public_key().as_ref()[1..].split_at(48);
            json!({ "crv": "P-384", "kty": "EC", "x": BASE64URL.encode(x), "y": BASE64URL.encode(y) })
        }
    }
}

fn thumbprint(public: &Value) -> String {
    BASE64URL.encode(Sha256::digest(public.to_string()))
}
