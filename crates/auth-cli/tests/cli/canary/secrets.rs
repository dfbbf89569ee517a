//! One canary for each kind of secret. Random, so that no eight bytes of one stand in an honest text.

/// With the characters that forms percent-encode, and in its middle a stretch without any.
pub(super) const API_KEY: &str = "mC5/tX8rB1vQz4Kd7+Wn2Hs9Lf6Pj==";
pub(super) const ENV_VALUE: &str = "Rb6Yk1Vt9Ge3Xw8Nc5Zq0Jm7Hd2Us4Lp";
pub(super) const FILE_CONTENT: &str = "Tz0Fq7Lw4Kj9Bx2Sd6Vh1Rn8Gc5My3Pe";
pub(super) const DOTENV_VALUE: &str = "Qd3Hk8Zs5Wt0Nb7Vx2Lf9Jc6Rg1Yp4Mu";
pub(super) const PASSWORD: &str = "Ne9Xc2Gz6Bv5Qs0Wk7Tj3Dl8Hr1Fy4Ma";
pub(super) const QUERY_SECRET: &str = "Zw4Jb7Ck0Uy9Pn6Rx3Ev8Ls1Ht5Gd2Qf";
/// What callers of a server of ours are known by.
pub(super) const SESSION: &str = "Gf4Mx0Pw7Dq2Yt9Vb5Nk8Zs3Lc6Hj1Ra";
/// What nobody takes.
pub(super) const REFUSED: &str = "Lb1Rn6Xe9Ku3Ow8Ti5Vz2Fa7Jp4Qm0Sy";
/// In what a server answers.
pub(super) const ANSWER: &str = "Kx2Vs9Bn4Rj7Wc0Zh5Ql8Fd3Ty6Gm1Pe";

pub(super) const ALL: [(&str, &str); 9] = [
    ("the API key", API_KEY),
    ("a token in a variable", ENV_VALUE),
    ("a token in a file", FILE_CONTENT),
    ("a .env file", DOTENV_VALUE),
    ("a URL's password", PASSWORD),
    ("a URL's query", QUERY_SECRET),
    ("a session's secret", SESSION),
    ("a refused token", REFUSED),
    ("an answer", ANSWER),
];
