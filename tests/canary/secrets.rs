//! One canary for each kind of secret. Random, so that no eight bytes of one stand in an honest text.

/// With the characters that forms percent-encode, and in its middle a stretch without any.
pub(super) const API_KEY: &str = "kA7/pQ2wZ9xVr4Tn6+Ym3Bc8Hd5Jf==";
pub(super) const ACCESS_TOKEN: &str = "Wj5yGq8LsU3eDzR0vKb7NxXp4MtC2iHa";
/// The one that replaces it.
pub(super) const NEXT_TOKEN: &str = "o9SfE6uVd1QwJr8BnZ3kTyL5xPhG0cMa";
pub(super) const REFRESH_TOKEN: &str = "rQ4zXn8YbT2mKv6WdJ0sLg5HcPf9UeAi";
/// Public, and too short to be taken for a piece of the pair.
pub(super) const CLIENT_ID: &str = "cliQ2x";
pub(super) const CLIENT_SECRET: &str = "Zt3Fh9Ry1Nw7Ck5Dp/Lm2Xs8Bv6Gq4Jo";
pub(super) const BASIC_PAIR: &str = "cliQ2x:Zt3Fh9Ry1Nw7Ck5Dp/Lm2Xs8Bv6Gq4Jo";
pub(super) const EXTRA_HEADER: &str = "U8cKe2Vq6Yw0Ri4Tz9Ox3Pn7Sl5Dj1Fb";
pub(super) const X_API_KEY: &str = "Hx7Mv3Qk9Lz5Bt1Gw8Pd4Js0Ny6Rc2Fe";
pub(super) const FILE_CONTENT: &str = "Ig6Tb2Wm8Uq4Vx0Ck5Ej9Zp3Ar7Yh1Nd";
pub(super) const ENV_VALUE: &str = "Df1Xo7Ks3Hv9Pb5Nz2Lw8Ct4Qy6Gm0Jr";
pub(super) const FORM_VALUE: &str = "Ya5Ru1Eg7Mi3Sw9Bd6Fk2Ov8Th4Lx0Cp";
pub(super) const PASSWORD: &str = "Vn2Jz8Gf4Xq0Wc6Lk1Rt7Hb3Pm9Ys5Du";
pub(super) const QUERY_SECRET: &str = "Bq9Dw5Iv1Ol7Ux3Kf8Nh4Ze0Mj6Tg2Sc";
/// In the body or a header of whatever answers.
pub(super) const ANSWER: &str = "Lp4Hy0Cn6Kx2Fs8Ed3Wb9Gz5Qj1Vt7Mo";
/// In the message of a panic.
pub(super) const PANIC: &str = "Xk8Sa4Zu0Bg6Pw2Ty9Jn5Eq1Rd7Lf3Hv";

/// All of them, by what they stand for.
pub(super) const ALL: [(&str, &str); 15] = [
    ("the API key", API_KEY),
    ("the access token", ACCESS_TOKEN),
    ("the next access token", NEXT_TOKEN),
    ("the refresh token", REFRESH_TOKEN),
    ("the client secret", CLIENT_SECRET),
    ("the basic auth pair", BASIC_PAIR),
    ("an extra header", EXTRA_HEADER),
    ("an x-api-key", X_API_KEY),
    ("a token file", FILE_CONTENT),
    ("an environment variable", ENV_VALUE),
    ("a form field", FORM_VALUE),
    ("a URL's password", PASSWORD),
    ("a URL's query", QUERY_SECRET),
    ("an answer", ANSWER),
    ("a panic", PANIC),
];
