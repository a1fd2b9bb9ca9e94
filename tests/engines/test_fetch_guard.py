"""Where the fetcher may be led: tables of what the field has been tricked with, and every address."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dcs.engines.fetch import UrlNotAllowedError
from dcs.engines.fetch.addresses import NOT_PUBLIC, AddressRule, is_public
from dcs.engines.fetch.names import file_name
from dcs.engines.fetch.urls import Target, parse

NAT64 = 0x0064_FF9B << 96


@pytest.mark.parametrize(
    "text",
    [
        *("0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "127.0.0.1", "127.255.255.254"),  # noqa: S104  # nothing is bound
        *("100.64.0.1", "100.100.100.200", "100.127.255.255", "169.254.0.1", "169.254.169.254"),
        *("169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.9", "192.0.0.192"),
        *(
            "192.0.2.1",
            "192.31.196.1",
            "192.52.193.1",
            "192.88.99.1",
            "192.168.0.1",
            "192.175.48.1",
        ),
        *("198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1"),
        *("239.255.255.255", "240.0.0.1", "255.255.255.254", "255.255.255.255"),
        *("::", "::1", "::7f00:1", "::808:808", "::ffff:127.0.0.1", "::ffff:8.8.8.8"),
        *("::ffff:0:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::808:808"),
        *("100::1", "100:0:0:1::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"),
        *(
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:808:808::1",
        ),
        *("2620:4f:8000::1", "3ffe::1", "3fff::1", "3fff:fff::1", "4000::1", "5f00::1", "8000::1"),
        *("fc00::1", "fd00::1", "fd00:ec2::254", "fd20:ce::254", "fe80::1", "fe80::a9fe:a9fe"),
        *("febf::1", "fec0::1", "ff02::1", "ff0e::1", "2600::5efe:a00:1", "2600::200:5efe:7f00:1"),
        *("2a00::5efe:808:808",),
    ],
)
def test_an_address_that_is_not_of_the_public_internet_is_refused(text: str) -> None:
    address = ip_address(text)
    assert not is_public(address)
    assert not AddressRule().permits(address)


@pytest.mark.parametrize(
    "text",
    [
        *("1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "93.184.215.14", "100.63.255.255"),
        *("100.128.0.0", "126.255.255.255", "128.0.0.1", "169.253.255.255", "172.15.255.255"),
        *("172.32.0.0", "192.0.1.0", "192.167.255.255", "198.17.255.255", "198.20.0.0"),
        *("223.255.255.255", "2000::1", "2001:200::1", "2001:4860:4860::8888", "2003::1"),
        *("2600::1", "2606:4700::1111", "2a00:1450:4001:80b::200e", "3ffd::1"),
    ],
)
def test_an_ordinary_address_is_let_through(text: str) -> None:
    assert AddressRule().permits(ip_address(text))


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_no_ipv4_address_of_a_special_network_is_public(address: IPv4Address) -> None:
    special = any(address in network for network in NOT_PUBLIC)
    assert is_public(address) == (not special and address.is_global)


@given(st.sampled_from(NOT_PUBLIC), st.integers(0, 2**128))
def test_no_address_of_a_listed_network_is_public(network, step: int) -> None:
    assert not is_public(network[step % network.num_addresses])


@given(st.integers(0, 2**128 - 1).map(IPv6Address))
@example(IPv6Address("::"))
@example(IPv6Address("2001:1ff:ffff::"))
def test_every_public_ipv6_address_is_global_unicast_and_carries_no_other(
    address: IPv6Address,
) -> None:
    if is_public(address):
        assert address in ip_network("2000::/3")
        assert address.is_global
        assert not address.is_private
        assert address.ipv4_mapped is address.sixtofour is address.teredo is None


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_no_ipv6_form_that_carries_an_ipv4_address_is_public(inner: int, more: int) -> None:
    forms = [
        inner,  # compatible
        0xFFFF << 32 | inner,  # mapped
        0xFFFF << 48 | inner,  # translated (SIIT)
        NAT64 | inner,
        NAT64 | 1 << 80 | more << 32 | inner,  # local NAT64
        0x2002 << 112 | inner << 80 | more,  # 6to4
        0x20010000 << 96 | inner << 64 | more,  # Teredo: server and client
        0x20010000 << 96 | more << 64 | inner ^ 0xFFFFFFFF,
        0x2600 << 112 | 0x00005EFE << 32 | inner,  # ISATAP
        0x2600 << 112 | 0x02005EFE << 32 | inner,
        0xFE80 << 112 | 0x00005EFE << 32 | inner,
    ]
    assert [form for form in map(IPv6Address, forms) if AddressRule().permits(form)] == []


def test_an_operator_allows_and_denies_networks_and_denial_wins() -> None:
    rule = AddressRule(
        allowed=(ip_network("10.1.0.0/16"), ip_network("fd12::/16")),
        denied=(ip_network("10.1.9.0/24"), ip_network("8.8.8.0/24")),
    )
    assert [
        rule.permits(ip_address(text))
        for text in ("10.1.0.1", "fd12::1", "9.9.9.9", "10.1.9.1", "8.8.8.8", "10.2.0.1", "fd13::1")
    ] == [True, True, True, False, False, False, False]


def test_an_allowed_network_is_not_allowed_inside_of_other_forms_or_with_a_zone() -> None:
    rule = AddressRule(allowed=(ip_network("127.0.0.0/8"), ip_network("fe80::/10")))
    assert not rule.permits(ip_address("::ffff:127.0.0.1"))
    assert rule.permits(ip_address("fe80::1"))
    assert not rule.permits(ip_address("fe80::1%eth0"))


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://data.example.org", Target("data.example.org", 443, "/")),
        ("HTTPS://Data.Example.ORG/A?b=C#d", Target("data.example.org", 443, "/A?b=C")),
        ("https://data.example.org./x", Target("data.example.org", 443, "/x")),
        ("https://data.example.org:443/x", Target("data.example.org", 443, "/x")),
        ("https://data.example.org:8443/x", Target("data.example.org", 8443, "/x")),
        ("https://data.example.org?q=a/b?c", Target("data.example.org", 443, "/?q=a/b?c")),
        ("https://my_bucket.example.org/", Target("my_bucket.example.org", 443, "/")),
        (
            "https://bücher.example/ü?ü=ü",
            Target("xn--bcher-kva.example", 443, "/%C3%BC?%C3%BC=%C3%BC"),
        ),
        ("https://xn--bcher-kva.example/", Target("xn--bcher-kva.example", 443, "/")),
        ("https://例え。テスト/", Target("xn--r8jz45g.xn--zckzah", 443, "/")),
        ("https://a.b/%2e%2E/%zz<>", Target("a.b", 443, "/%2e%2E/%zz%3C%3E")),
        ("https://93.184.215.14/", Target("93.184.215.14", 443, "/", IPv4Address("93.184.215.14"))),
        (
            "https://[2606:4700::1111]/",
            Target("2606:4700::1111", 443, "/", IPv6Address("2606:4700::1111")),
        ),
        (
            "https://[2606:4700::ABCD]/",
            Target("2606:4700::abcd", 443, "/", IPv6Address("2606:4700::abcd")),
        ),
    ],
)
def test_a_plain_address_is_read(url: str, target: Target) -> None:
    assert parse(url, {443, 8443}) == target


def test_a_host_is_written_back_as_an_address_writes_it() -> None:
    ports = {443, 8443}
    assert parse("https://a.b:8443/", ports).authority == "a.b:8443"
    assert parse("https://a.b:443/", ports).authority == "a.b"
    assert parse("https://[2606:4700::1]:8443/", ports).authority == "[2606:4700::1]:8443"


@pytest.mark.parametrize(
    "url",
    [
        *("", " ", "data.example.org", "//data.example.org/", "https:", "https:/a.b/", "https:a.b"),
        *("https://", "https:///etc/passwd", "https://?a.b", "https://#a.b", " https://a.b/"),
        *(
            "http://a.b/",
            "ftp://a.b/",
            "file:///etc/passwd",
            "gopher://a.b/",
            "javascript:alert(1)",
        ),
        *(
            "httpſ://a.b/",
            "https+unix://a.b/",
            "url:https://a.b/",
            "wss://a.b/",
            "dict://a.b:11111/",
        ),
        *("https://user@a.b/", "https://user:pass@a.b/", "https://@a.b/", "https://a.b@10.0.0.1/"),
        *(
            "https://a.b:80/",
            "https://a.b:22/",
            "https://a.b:0/",
            "https://a.b:/",
            "https://a.b:0443/",
        ),
        *("https://a.b:99999/", "https://a.b:443:443/", "https://a.b:４４３/", "https://a.b:+443/"),
        *("https://a.b\\@10.0.0.1/", "https:\\\\a.b\\", "https://a.b /", "https://a.b\t/"),
        *("https://a.b/\r\nX: y", "https://a.b/\x00", "https://a.b/\x7f", "https://a.b/\u200b"),
        *("https://a.b/\u202e", "https://a.b/\u00a0", "https://a\u00ad.b/", "https://a.b/\ud800"),
        *(
            "https://a%2eb/",
            "https://%6c%6fcalhost/",
            "https://127.0.0.1%2f@a.b/",
            "https://a.b%00/",
        ),
        *(
            "https://localhost/",
            "https://LOCALHOST/",
            "https://intranet/",
            "https://a/",
            "https://./",
        ),
        *("https://../", "https://.a.b/", "https://a..b/", "https://a.b../", "https://-a.b/"),
        *("https://a-.b/", "https://a.b-/", "https://a!.b/", "https://a,b.c/", "https://a;b.c/"),
        *(
            "https://" + "a" * 64 + ".b/",
            "https://" + "a." * 127 + "b/",
            "https://a.b/" + "x" * 4096,
        ),
        *(
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0X7F000001/",
            "https://017700000001/",
        ),
        *("https://0177.0.0.1/", "https://0x7f.0.0.1/", "https://0x7f.1/", "https://127.1/"),
        *(
            "https://127.0.1/",
            "https://0/",
            "https://0.0/",
            "https://127.0.0.01/",
            "https://127.0.0.1./",
        ),
        *("https://127.0.0.1.1/", "https://256.0.0.1/", "https://1.2.3.4.5/", "https://a.b.1/"),
        *("https://a.b.0x1/", "https://a.0x/", "https://127。0。0。1/", "https://１２７.0.0.1/"),
        *("https://①②⑦.⓪.⓪.①/", "https://٣.٣.٣.٣/", "https://ⓛocalhost/"),
        *("https://[::1%25eth0]/", "https://[fe80::1%eth0]/", "https://[::1]a/", "https://[::1/"),
        *(
            "https://::1/",
            "https://[127.0.0.1]/",
            "https://[]/",
            "https://[v1.a]/",
            "https://[[::1]]/",
        ),
        *("https://[0:0:0:0:0:0:0:1]/", "https://[::0001]/", "https://[2606:4700:0::1]/"),
        *(
            "https://[::ffff:127.0.0.1]/",
            "https://a.b[::1]/",
            "https://☃\u0338.⒈com/",
            "https://a／b.c/",
        ),
        *(
            "https://xn--.example/\x80",
            "https://*.example.org/",
            "https://a.b\u2028/",
            "https://a\ue000.b/",
        ),
    ],
)
def test_every_other_spelling_is_refused(url: str) -> None:
    with pytest.raises(UrlNotAllowedError):
        parse(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://ann:hunter2@a.b/",
        "https://a.b:8/?hunter2",
        "http://a.b/hunter2",
        "https://a.b/hunter2 ",
        "https://[x]/hunter2",
    ],
)
def test_a_refusal_does_not_repeat_the_address(url: str) -> None:
    with pytest.raises(UrlNotAllowedError) as refusal:
        parse(url)
    assert "hunter2" not in str(refusal.value)


authorities = st.text(st.sampled_from("a1.0x7-_:@[]%/\\ü。１\u200b\t%2f"), max_size=24)


@given(st.one_of(st.text(), authorities.map("https://".__add__)))
def test_what_is_read_reads_the_same_again_and_anything_else_is_refused(url: str) -> None:
    try:
        target = parse(url)
    except UrlNotAllowedError:
        return
    assert parse(f"https://{target.authority}{target.path}") == target
    assert target.host.isascii()
    assert target.path.isascii()
    assert target.path.isprintable()
    assert " " not in target.path


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_redirect_never_leads_to_another_scheme_or_port(location: str) -> None:
    start = parse("https://a.b/c/d?e=f")
    try:
        target = start.follow(location, {443})
    except UrlNotAllowedError:
        return
    assert target.port == 443
    assert target.path.startswith("/")


@given(st.integers(0, 2**32 - 1))
def test_an_ipv4_address_has_one_spelling(number: int) -> None:
    dotted = str(IPv4Address(number))
    assert parse(f"https://{dotted}/").literal == IPv4Address(number)
    octets = [int(octet) for octet in dotted.split(".")]
    for spelling in (
        str(number),
        hex(number),
        f"0{number:o}",
        ".".join(map(hex, octets)),
        ".".join(f"0{octet:o}" for octet in octets),
        f"{octets[0]}.{number & 0xFFFFFF}",
        f"{dotted}.",
        f"[{dotted}]",
    ):
        with pytest.raises(UrlNotAllowedError):
            parse(f"https://{spelling}/")


@given(st.binary(), st.text())
def test_no_field_makes_reading_the_name_fail(field: bytes, path: str) -> None:
    for each in (field, b'attachment; filename="' + field, b"x; filename*=utf-8''" + field):
        assert file_name(each, path) != ""
