"""Keys of domains, from the machine's own resolver."""

from upheld.rights.outcome import Transient

SECONDS = 5.0


def keys_in_dns(name: str) -> bytes | None:
    """The TXT record of that name, None where there is none. Transient when nobody answers in time."""
    import dns.exception  # lazy: slow import
    import dns.resolver  # lazy: slow import

    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=SECONDS, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return None
    except (dns.exception.DNSException, OSError) as error:
        raise Transient(
            "The key of her domain cannot be looked up now.", "Try again in some minutes."
        ) from error
    return b"".join(next(iter(answer)).strings)
