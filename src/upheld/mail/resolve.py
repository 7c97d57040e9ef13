"""Keys of domains, from the machine's own resolver or from those that the settings name."""

from collections.abc import Sequence
from ipaddress import ip_address

from upheld.mail.domain import Resolve
from upheld.rights.outcome import Misconfigured, Transient

SECONDS = 5.0
PORT = 53


def keys_in_dns(servers: Sequence[str] = ()) -> Resolve:
    """How TXT records are looked up: None where there is none, Transient when nobody answers in time.
    `servers`: addresses, each with a port where it is not 53; the machine's own resolver without any.
    Misconfigured for what is no address."""
    named = [_server(each) for each in servers]

    def resolve(name: str) -> bytes | None:
        import dns.exception  # lazy: slow import
        import dns.nameserver  # lazy: slow import
        import dns.resolver  # lazy: slow import

        try:
            asked = dns.resolver.Resolver(configure=not named)
            if named:
                asked.nameservers = [dns.nameserver.Do53Nameserver(*each) for each in named]
            answer = asked.resolve(name, "TXT", lifetime=SECONDS, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return None
        except (dns.exception.DNSException, OSError) as error:
            raise Transient(
                "The key of her domain cannot be looked up now.", "Try again in some minutes."
            ) from error
        return b"".join(next(iter(answer)).strings)

    return resolve


def probe(server: str) -> None:
    """Ask one of them for the root of all names. Transient where it does not answer, Misconfigured for what
    is no address and for one that answers nothing to us."""
    import dns.exception  # lazy: slow import
    import dns.message  # lazy: slow import
    import dns.query  # lazy: slow import
    import dns.rcode  # lazy: slow import

    host, port = _server(server)
    try:
        answer = dns.query.udp(dns.message.make_query(".", "NS"), host, timeout=SECONDS, port=port)
    except (dns.exception.DNSException, OSError) as error:
        raise Transient(f"The name server {server} does not answer.", "Check UPHELD_DNS.") from error
    if answer.rcode() in (dns.rcode.REFUSED, dns.rcode.NOTAUTH):
        raise Misconfigured(f"The name server {server} refuses to answer us.", "Check UPHELD_DNS.")


def _server(written: str) -> tuple[str, int]:
    host, colon, port = written.rpartition(":")
    if not colon or (":" in host and not host.startswith("[")):
        host, port = written, str(PORT)
    try:
        return str(ip_address(host.strip("[]"))), int(port)
    except ValueError:
        raise Misconfigured(
            f"UPHELD_DNS names {written!r}, which is no address of a resolver.",
            "Write it like 127.0.0.1 or [::1]:5353, several separated by commas.",
        ) from None
