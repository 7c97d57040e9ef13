"""Sign-ins with accounts of the organisation's own."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SignIn:
    """Accounts of the organisation's own by which a person proves who she is. `secret`: the name of what
    stands in the environment, empty for none. `proves`: kinds of identity with the claim that gives each.
    `anew`: she has to give her password for it."""

    name: str
    title: str
    issuer: str
    client: str
    secret: str = ""
    proves: tuple[tuple[str, str], ...] = (("email", "email"),)
    anew: bool = True
    acr: tuple[str, ...] = ()
    private: bool = False
