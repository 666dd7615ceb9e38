"""Odd spellings of each piece of a signed request, for `spoiled`. `{}` stands for the right one."""

from wire.kit import NOW

HOST = "https://hub.example"
SECONDS = int(NOW.timestamp())

METHODS = [
    "GET", "POST", "PUT", "OPTIONS", "HEAD", "M-SEARCH", "post", "Post", "PO ST", " POST", "POST ", "POST\t", "",
    "PÖST", "POST\n", "POST/", "GET,POST", "A", "1", '"GET"', "GET\x7f", "GET\0", "ß", "ŉ",
]  # fmt: skip
TARGETS = [
    "/v1//notices", "/v1/../notices", "/v1/./x", "/%2F", "/%2f", "/%6eotices", "/%zz", "/%", "/%2", "", "/", "/?",
    "?", "?a", "/#x", "/#", "#x", "/a b", " ", "/ ", "/é", "/\n", "/a\tb", "/a\\b", "/a|b", "/[x]", "/{x}", "/a;b=c",
    "/a,b", "/a:b@c", "/?a=b?c/d", "/?a=#", "/'\"", "/^", "/`", "//", "///", "*", "/\x7f", "/\0", "/?%41",
    "/~!$&'()*+,;=:@-._",
]  # fmt: skip
ORIGINS = [
    "HTTPS://hub.example", "Https://hub.example", "https://HUB.example", "https://hub.example:443",
    "https://hub.example:", "https://hub.example:0443", "https://hub.example:x", "https://user@hub.example",
    "https://user:word@hub.example", "https://@hub.example", "http://hub.example", "ftp://hub.example", "https:/hub",
    "https:", "//hub.example", "", "https://", "https://[::1]", "https://[::1]:8080", "https://[:::1]",
    "https://[1.2.3.4]", "https://[::1%25eth0]", "https://[v1.a:b]", "https://[::1", "https://[]",
    "https://hub%2eexample", "https://hüb.example", " https://hub.example", "https://hub.example.", "https://a@b@c",
    "x+y.z-1://h", "https://[::1]x", "https://x[::1]",
]  # fmt: skip
ODD = [
    " {}", "{} ", "\t{}", "{}\t", "{}\n", "{}\r\n", "\r\n {}", "{}\r\n x", "{}\r\n\tx", "{}\r", "{}\x0b", "{}\x0c",
    "{}\xa0", "{}\0", "{},", ",{}", "{}\x7f", "{}é", "{}\ud800", "{} ; a", "a\tb{}", "", " ", "\t", "{}\u2028",
    "{}, {}", '"{}"', "{}\x1f", "{}\x85",
]  # fmt: skip
TYPES = [
    "", "a", "text/html; charset=utf-8", "a\tb", "a  b", " ", "a,b", ", ", "~", "\\", '"', "a: b", '"@method": GET',
]  # fmt: skip
NUMBERS = [
    -1, 0, 1, SECONDS - 200, SECONDS - 120, SECONDS - 119, SECONDS - 1, SECONDS, SECONDS + 1, SECONDS + 5,
    SECONDS + 6, SECONDS + 7, SECONDS + 299, SECONDS + 300, SECONDS + 301, 253402300799, 253402300800, 2**31, 2**53,
    10**14, 10**15 - 1, 10**15, 10**40, 10**400,
]  # fmt: skip
VALUES = [
    "", "=", '=""', '="\\""', '="\\\\"', '="a', "=1.0", "=-0", "=00", "=+1", "=?1", "=a", "=:AAAA:", "=@5", '=%"a"',
    "= 1", '="é"', '="\x7f"', '="a b,c"', "=()", "=1e3", '="(x)"',
]  # fmt: skip
DIGESTS = [
    "{}, sha-512=:AAAA:", "sha-512=:AAAA:, {}", "{}, {}", "{};a=1", " {}", "{} ", "{}\t", "", "sha-256=::", "{}:",
    "sha-256", "SHA-256=:AAAA:",
]  # fmt: skip
COMPONENTS = [
    '"date"', '"@path"', '"@authority"', '"accept"', '"@method";req', '"content-type";sf', '"content-type";bs',
    '"Content-Type"', '"content-digest";key="sha-256"', '"content-type";tr', "@method", '"@query"',
    '"@signature-params"', '"signature"', "", '""', '"@method"  ', ":AAAA:", '"@request-target"',
    '"@query-param";name="a"',
]  # fmt: skip


RARE = [
    ("OPTIONS", HOST), ("OPTIONS", HOST + "?a"), ("POST", "https://[::1%25eth0]/v1"),
    ("POST", "https://[v1.a:b]/v1"), ("POST", "x+y.z-1://h/v1"), ("M SEARCH", HOST + "/v1"),
    ("POST", "https://[::1]/%25[v"), ("POST", "https://[::1]:8080/v1"),
]  # fmt: skip
