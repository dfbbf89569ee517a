//! What each target begins with: the rows of `tests/data/corpus`, the answers of `tests/data/wire`, and some lines by hand where
//! neither has the shape. Written into `fuzz/corpus`, which git does not keep.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// Writes them all; says how many each target has.
pub fn write_all(fuzz: &Path) -> Result<BTreeMap<String, usize>, String> {
    let seeds = Seeds { data: fuzz.join("../tests/data"), corpus: fuzz.join("corpus"), counts: BTreeMap::new() };
    seeds.all().map_err(|error| format!("the seeds can't be written: {error}"))
}

struct Seeds {
    data: std::path::PathBuf,
    corpus: std::path::PathBuf,
    counts: BTreeMap<String, usize>,
}

/// What may fail while they are read and written.
type Written<T> = Result<T, Box<dyn std::error::Error>>;

impl Seeds {
    fn all(mut self) -> Written<BTreeMap<String, usize>> {
        for name in ["ini", "dotenv", "token_value", "url", "retry_after", "www_authenticate", "credentials_json"] {
            for bytes in self.rows(name)? {
                self.put(name, &bytes)?;
            }
        }
        self.answers()?;
        self.keys_and_files()?;
        self.by_hand()?;
        self.scripts()?;
        Ok(self.counts)
    }

    /// The inputs of a file of the corpus.
    fn rows(&self, name: &str) -> Written<Vec<Vec<u8>>> {
        let text = std::fs::read_to_string(self.data.join(format!("corpus/{name}.jsonl")))?;
        let row = |line: &str| -> Written<Vec<u8>> {
            let row: Value = serde_json::from_str(line)?;
            Ok(STANDARD.decode(row["b64"].as_str().ok_or("a row without b64")?)?)
        };
        text.lines().map(row).collect()
    }

    fn put(&mut self, target: &str, bytes: &[u8]) -> Written<()> {
        let folder = self.corpus.join(target);
        std::fs::create_dir_all(&folder)?;
        let count = self.counts.entry(target.to_owned()).or_default();
        std::fs::write(folder.join(format!("seed-{count:03}")), bytes)?;
        *count += 1;
        Ok(())
    }

    /// With each of these first bytes.
    fn put_as(&mut self, target: &str, kinds: impl IntoIterator<Item = u8>, bytes: &[u8]) -> Written<()> {
        kinds.into_iter().try_for_each(|kind| self.put(target, &[&[kind], bytes].concat()))
    }

    /// What token endpoints and helpers say.
    fn answers(&mut self) -> Written<()> {
        let mut bodies = self.rows("token_response")?;
        for recording in std::fs::read_dir(self.data.join("wire"))? {
            let path = recording?.path();
            if path.extension().is_some_and(|end| end == "json") {
                let recording: Value = serde_json::from_slice(&std::fs::read(path)?)?;
                bodies.extend(objects_with(&recording, &["access_token", "accessToken", "errorCode", "error"]));
            }
        }
        for body in &bodies {
            let camel = String::from_utf8_lossy(body).replace("access_token", "accessToken");
            self.put_as("token_response", [0], body)?;
            self.put_as("token_response", [1], camel.replace("token_type", "tokenType").as_bytes())?;
        }
        for (at, body) in bodies.iter().enumerate() {
            let status = u8::try_from(at % 16)?;
            self.put_as("oauth_error", [0, status], &[b"req-1\n30\n", &body[..]].concat())?;
        }
        for text in [
            r#"{"access_token":"a b"}"#,
            r#"{"access_token":"a\u007fb","expires_in":60}"#,
            r#"{"access_token":"SECRET","error":"x"}"#,
        ] {
            self.put_as("token_response", [0], &with_canary(text))?;
        }
        for (status, text) in [
            (0, r#"{"error":"invalid_client","error_description":"no such client: SECRET"}"#),
            (1, r#"{"error":{"message":"SECRET","http_code":401,"grpc_code":16}}"#),
            (9, r#"{"errorCode":"BXNIM0415E","errorMessage":"Provided API key SECRET could not be found"}"#),
            (12, r#"{"error":"temporarily_unavailable"}"#),
            (3, "<html>SECRET</html>"),
        ] {
            let body = with_canary(&format!("SECRET\nSun, 22 Nov 2026 00:01:00 GMT\n{text}"));
            self.put_as("oauth_error", [status], &body)?;
        }
        for row in self.rows("exec_output")? {
            self.put_as("exec_output", 0..6, &row)?;
        }
        for line in self.rows("token_value")? {
            self.put_as("exec_output", [0, 1], &line)?;
        }
        Ok(())
    }

    fn keys_and_files(&mut self) -> Written<()> {
        for text in self.rows("credentials_json")? {
            let text = String::from_utf8_lossy(&text).replace("<RSA-2048 PKCS8 PEM>", "KEY");
            let mut bytes = Vec::new();
            for (at, part) in text.split("KEY").enumerate() {
                bytes.extend((at > 0).then_some(0xfe));
                bytes.extend_from_slice(part.as_bytes());
            }
            self.put("credentials_json", &bytes)?;
        }
        let recording = std::fs::read(self.data.join("wire/skyflow-v2-bearer-from-path.json"))?;
        let recording: Value = serde_json::from_slice(&recording)?;
        let rsa = recording["inputs"]["files"]["credentials.json"]["privateKey"].as_str().ok_or("no key")?;
        let der = STANDARD.decode(rsa.lines().filter(|line| !line.starts_with('-')).collect::<String>())?;
        // RFC 8410 section 7: 32 bytes behind a fixed header; any will do.
        let ed25519 =
            [&[0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20][..], &[7; 32]].concat();
        // RFC 5915 section 3, and the same in PKCS#8; without the public half.
        let sec1 =
            [&[0x30, 0x31, 2, 1, 1, 4, 0x20][..], &[7; 32], &[0xa0, 0x0a, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]]
                .concat();
        let p256 = [
            &[0x30, 0x41, 2, 1, 0, 0x30, 0x13, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1][..],
            &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7, 4, 0x27, 0x30, 0x25, 2, 1, 1, 4, 0x20],
            &[7; 32],
        ]
        .concat();
        self.put_as("pem", [0], &der)?;
        // PKCS#8 is PKCS#1 behind a header, 26 bytes long for 2048 bits.
        self.put_as("pem", [1], &der[26..])?;
        self.put_as("pem", [0], &ed25519)?;
        self.put_as("pem", [0], &p256)?;
        self.put_as("pem", [2], &sec1)?;
        self.put_as("pem", [3, 4, 5, 6], b"abc")?;
        self.put_as("pem", [9], rsa.as_bytes())?;
        let encrypted = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nYWJj\n-----END RSA PRIVATE KEY-----";
        self.put_as("pem", [9], encrypted.as_bytes())?;
        for text in self.rows("dotenv")? {
            self.put_as("ibm_external", [1], &text)?;
        }
        Ok(())
    }

    fn by_hand(&mut self) -> Written<()> {
        for text in [
            r#"{"acme":[{"name":"acme","credentials":{"apikey":"SECRET","url":"https://a.cloud.ibm.com","iam_url":"https://iam.cloud.ibm.com"}}]}"#,
            r#"{"acme":[{"credentials":{"username":"u","password":"SECRET","url":"http://a"}}],"x":[]}"#,
            r#"{"acme":{}}"#,
        ] {
            self.put_as("ibm_external", [0], &with_canary(text))?;
        }
        for text in [
            "ACME_APIKEY=SECRET\nACME_URL=https://a.cloud.ibm.com\nACME_AUTH_URL=https://iam.cloud.ibm.com\n",
            "ACME_AUTH_TYPE=bearerToken\nACME_BEARER_TOKEN=SECRET\nACME_DISABLE_SSL=true\nACME_SCOPE=a b\n",
            "ACME_AUTH_TYPE=container\nACME_CR_TOKEN_FILENAME=/no/such\nACME_IAM_PROFILE_NAME=p\n",
            "WATSONX_AI_APIKEY=SECRET\nWATSONX_AI_URL=https://us-south.ml.cloud.ibm.com\n",
        ] {
            self.put_as("ibm_external", [1], &with_canary(text))?;
        }
        for text in [
            "[profile.work]\nsystem = \"watsonx\"\nregion = \"us-south\"\napi_key = { env = \"ACME_TOKEN\" }\nproject_id = \"p-1\"\n",
            "[profile.ci]\ntype = \"token\"\nendpoint = \"https://api.acme.example\"\ntoken = { file = \"/no/such\" }\n",
            "[profile.default]\ntype = \"token\"\nendpoint = \"https://api.acme.example\"\ntoken = \"SECRET\"\n",
            "[profile.default]\ntype = \"exec\"\nendpoint = \"https://api.acme.example\"\ncommand = [\"az\", \"x\"]\nformat = \"line\"\n",
            "[profile.default]\ntype = \"client_credentials\"\nendpoint = \"https://a.example\"\ntoken_url = \"https://iam.example/t\"\nclient_id = \"c\"\nclient_secret = { env = \"ACME_TOKEN\" }\nscope = [\"a\", \"b\"]\n",
            "[profile.default]\ntype = \"api_key\"\napi_key = \"SECRET\"\ntoken_url = \"https://iam.example/t\"\nendpoint = \"https://a.example\"\n",
            "[profile.d]\nsystem = \"skyflow\"\nvault_url = \"https://a.vault.skyflowapis.com\"\napi_key = \"SECRET\"\n",
        ] {
            self.put("profiles", &with_canary(text))?;
        }
        for name in ["profiles.toml", "custom_system.toml"] {
            self.put("profiles", &std::fs::read(self.data.join("../../examples").join(name))?)?;
        }
        for claims in [
            r#"{"exp":1795309200,"iat":1795305600,"aud":"acme"}"#,
            r#"{"exp":1795305600.5,"aud":["acme","other"],"nbf":1795305600}"#,
            r#"{"exp":"1795309200"}"#,
            r#"{"exp":1e300,"iat":-1e300,"aud":"acme"}"#,
            r#"{"exp":1795309200,"exp":0,"aud":"SECRET"}"#,
            r#"{"aud":"acme","sub":"SECRET"}"#,
            "{}",
            "[1]",
        ] {
            self.put_as("jwt", 0..8, &with_canary(claims))?;
        }
        self.put_as("jwt", [1, 3], b"eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOlsiY2FwZS1hcGkiXSwiZXhwIjo0MTAyNDQ0ODAwfQ.c2ln")?;
        self.put_as("jwt", [1, 3], b"a.b.c")?;
        for (origin, target) in [
            ("https://api.acme.example", "https://api.acme.example/v1?x=y"),
            ("https://api.acme.example:8443", "https://API.acme.example:8443/"),
            ("https://api.acme.example", "https://api.acme.example.evil.example/"),
            ("https://api.acme.example", "https://user:word@api.acme.example/"),
            ("https://api.acme.example", "https://evil.example\\@api.acme.example/"),
            ("https://api.acme.example", "https://api.acme.example:443/"),
            ("http://127.0.0.1:80", "http://127.0.0.1/"),
            ("http://[::1]:8080", "http://[0:0:0:0:0:0:0:1]:8080/x"),
            ("http://localhost", "http://LOCALHOST:80"),
            ("http://api.acme.example", "http://api.acme.example/"),
        ] {
            self.put("origins", format!("{origin}\n{target}").as_bytes())?;
        }
        for url in self.rows("url")? {
            self.put("origins", &[b"https://h\n", &url[..]].concat())?;
            self.put("origins", &[&url[..], b"\n", &url[..]].concat())?;
            self.put_as("broker", [4], &url)?;
        }
        for (cookie, lines) in [
            (0, "https://app.example\ntokens.app.example\nBearer a-secret-of-the-session\n\n\ncors"),
            (0, "\n127.0.0.1:8080\nbearer a-secret-of-the-session\n\nsame-origin\nsame-origin"),
            (1, "https://app.example\nlocalhost\n\na=b; session=a-secret-of-the-session\ncross-site\ncors"),
            (0, "null\ntokens.app.example\nBearer a-secret-of-the-session\n\n\n"),
            (1, "https://app.example\nevil.example\n\nsession=a-secret-of-the-session\n\n"),
            (0, "https://app.example\n[::1]:1\nBearer a-secret-of-the-session\n\n\n\nhttps://evil.example"),
        ] {
            self.put_as("broker", [cookie], lines.as_bytes())?;
        }
        let good = r#"{"version":1,"written":1795305600000000000,"end":1795309200000000000,"assumed":false,"scheme":"Bearer","token":"SECRET","extra":[]}"#;
        self.put_as("kept_token", [0], &with_canary(good))?;
        let headed = good.replace("scheme", "header").replace("Bearer", "x-key").replace("[]", r#"[["x-b","c"]]"#);
        self.put_as("kept_token", [0], headed.as_bytes())?;
        self.put_as("kept_token", [1], &[0, 11, b'2', 0, 30, b'9'])?;
        self.put_as("kept_token", [2], &[100])?;
        self.put_as("kept_token", [3], b"{}")?;
        // A date, and whose.
        for text in
            ["60\nSun, 22 Nov 2026 00:00:00 GMT", "Sun, 22 Nov 2026 00:01:00 GMT\nSun, 22 Nov 2026 00:00:30 GMT\n5"]
        {
            self.put("retry_after", text.as_bytes())?;
        }
        Ok(())
    }

    /// Events for the rules and the engine: a bit of each.
    fn scripts(&mut self) -> Written<()> {
        for target in ["machine", "engine"] {
            for first in 0..8 {
                // Ask, an hour's token, time, ask, 401, fail, time, ask.
                let script = [4, 10, 0, 0, 0x0c, 0, 0, 0x0b, 4, 7, 1, 12, 0, 4, 6, 0, 0, 9, 4, 13, 15, 1];
                self.put_as(target, [first], &script)?;
                // A flight that is given up while the machine sleeps, and comes after all.
                let script = [4, 2, 0x0a, 13, 4, 10, 0, 0, 0x0c, 0, 10, 0, 16, 0x0c, 0, 14, 2, 4, 15, 0];
                self.put_as(target, [first], &script)?;
            }
        }
        for script in [
            // A token for an hour; then two who want more than it has, while the answer is on its way.
            &[10, 0, 0x0c, 0, 4, 14, 10, 0, 0x0c, 7, 6, 0x0d, 6, 0x0d, 0, 6, 4][..],
            // A refresh is due, and fails with a pause; then in the last moments, and beyond.
            &[10, 0, 0x0c, 0, 4, 14, 10, 5 + 8, 0x09, 0, 0, 0x3b, 4, 14, 0, 0x0b, 4, 0, 0x2a, 4, 0, 6, 4],
            // A 401 while the answer takes its time; who waits is dropped, another comes, the source changes meanwhile.
            &[10, 0, 0x0c, 0, 4, 10, 0, 0x0c, 9, 7, 1, 9, 0, 4, 13, 3, 0, 6, 4, 7, 0],
            // Forgotten while somebody waits; asleep while the answer is on its way; the same token again.
            &[10, 2, 0x0c, 3, 4, 13, 1, 2, 0x0d, 0, 9, 4, 10, 16, 0x0c, 0, 7, 1, 3, 200, 4, 15, 0xf0],
        ] {
            self.put_as("engine", [0, 1, 0xf0], script)?;
        }
        Ok(())
    }
}

/// 0xFF, which the targets put the canary for, where `SECRET` is.
fn with_canary(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (at, part) in text.split("SECRET").enumerate() {
        bytes.extend((at > 0).then_some(0xff));
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes
}

/// All objects inside a recording that have one of these names.
fn objects_with(value: &Value, names: &[&str]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    match value {
        Value::Object(members) => {
            if names.iter().any(|name| members.contains_key(*name)) {
                found.push(value.to_string().into_bytes());
            }
            members.values().for_each(|inner| found.extend(objects_with(inner, names)));
        }
        Value::Array(items) => items.iter().for_each(|inner| found.extend(objects_with(inner, names))),
        // A body as text.
        Value::String(text) if text.starts_with('{') => {
            if let Ok(inner) = serde_json::from_str(text) {
                found.extend(objects_with(&inner, names));
            }
        }
        _ => {}
    }
    found
}
