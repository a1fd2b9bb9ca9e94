"""
Which addresses a server may be led to: the public internet and nothing else.

The list repeats much of what ``ipaddress`` knows on purpose. That module has
followed the IANA registries with years of delay, and a range added there late is
a hole here. Sources: the IANA special-purpose address registries for IPv4 and
IPv6 (RFC 6890), RFC 6052 and RFC 8215 (NAT64), RFC 3056 (6to4), RFC 4380
(Teredo), RFC 5214 (ISATAP), RFC 6598 (shared space of carriers).
"""

from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

GLOBAL_UNICAST = IPv6Network("2000::/3")
ISATAP = (0x00005EFE, 0x02005EFE)

NOT_PUBLIC = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by customers of a carrier
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local; the metadata services of clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        # IPv6: what does not begin with the bits 001 is refused before this list is asked.
        "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: carries an IPv4 address
        "2620:4f:8000::/48",  # AS112
        "3ffe::/16",  # the former 6bone
        "3fff::/20",  # documentation
    )
)


def is_public(address: Address) -> bool:
    """
    Say whether *address* is an ordinary address of the public internet.

    Forms of IPv6 that carry an IPv4 address inside (mapped, compatible, NAT64,
    6to4, Teredo, ISATAP) never are, whatever they carry: a translator on the way
    could turn them into an inner address.
    """
    if isinstance(address, IPv6Address):
        interface = int(address) & 0xFFFF_FFFF_FFFF_FFFF
        if address not in GLOBAL_UNICAST or interface >> 32 in ISATAP:
            return False
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not any(address in network for network in NOT_PUBLIC)
    )


@dataclass(frozen=True, slots=True)
class AddressRule:
    """
    What an operator changes about it.

    Attributes:
        allowed: Inner networks that may be fetched from all the same.
        denied: Public networks that may not, such as one's own; they win.
    """

    allowed: tuple[Network, ...] = ()
    denied: tuple[Network, ...] = ()

    def permits(self, address: Address) -> bool:
        """Say whether a connection to *address* may be opened; one with a zone never may."""
        if isinstance(address, IPv6Address) and address.scope_id is not None:
            return False
        if any(address in network for network in self.denied):
            return False
        return is_public(address) or any(address in network for network in self.allowed)
