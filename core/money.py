"""Money as whole minor units (ISO 4217), and its two texts: the decimal string of JSON and files.

An amount is an `int` counted in the currency's minor unit; its exponent says how many decimals that is
(EUR 2, JPY 0, KWD 3). No float ever holds money. The limits are those of the database's `bigint`.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal

from core.errors import Invalid

INT64_MAX = 2**63 - 1
INT64_MIN = -(2**63)
_DIGITS = len(str(INT64_MAX))
_LONGEST_TEXT = 40
_USUAL = re.compile(r"-?\d{1,16}\.\d\d", re.ASCII)
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)

# ISO 4217:2015, list one, and the funds and former currencies that occur in statements and in the
# European Central Bank's history file (list three). The exponent is 2 unless listed below.
_CODES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR
ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT
MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD
SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES
VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG CLF UYI BOV CHE CHW COU MXV USN UYW XAG XAU XPD XPT XDR XXX
ATS BEF CYP DEM EEK ESP FIM FRF GRD HRK IEP ITL LTL LUF LVL MTL NLG PTE ROL SIT SKK TRL ZWL MRO STD SLL BYR VEF
"""
CURRENCIES = frozenset(_CODES.split())
_WITHOUT_DECIMALS = """
BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF XAG XAU XPD XPT XDR XXX
BEF ESP GRD ITL LUF PTE TRL BYR
"""
_EXPONENTS = {
    **dict.fromkeys(_WITHOUT_DECIMALS.split(), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}


def is_currency(code: str) -> bool:
    """Whether `code` is an ISO 4217 code the product knows."""
    return code in CURRENCIES


def exponent(currency: str) -> int:
    """How many decimals the currency's minor unit stands for (ISO 4217): 2 for EUR, 0 for JPY."""
    return _EXPONENTS.get(currency, 2)


def format_amount(minor: int, currency: str) -> str:
    """The decimal string of an amount in minor units: `format_amount(123450, "EUR")` is `"1234.50"`."""
    digits = _EXPONENTS.get(currency, 2)
    sign = "-" if minor < 0 else ""
    if digits == 2:  # most of the time, and a report formats a thousand
        whole, rest = divmod(abs(minor), 100)
        return f"{sign}{whole}.{rest:02d}"
    if digits == 0:
        return f"{sign}{abs(minor)}"
    whole, rest = divmod(abs(minor), 10**digits)
    return f"{sign}{whole}.{rest:0{digits}d}"


def minor_units(value: Decimal, currency: str) -> int:
    """The amount in minor units; raises `ValueError` when it has more decimals than the currency or leaves int64."""
    if not value.is_finite():
        raise ValueError("must be a finite number")
    if not value:
        return 0
    if value.adjusted() >= _DIGITS:
        raise AmountOverflow("the amount is too large")
    # The default context would round to 28 digits and so hide decimals that the currency does not have.
    scaled = value.scaleb(exponent(currency), Context(prec=max(28, len(value.as_tuple().digits))))
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{currency} has {exponent(currency)} decimals")
    return checked(int(scaled))


class AmountOverflow(Invalid, ValueError):
    """An amount or a sum that 64 bits cannot hold: an error, never a wrap-around."""

    code, title = "amount_overflow", "A sum leaves the range of 64-bit minor units"


def checked(minor: int) -> int:
    """`minor` itself when it fits the database's bigint, else `AmountOverflow` (a `ValueError`)."""
    if not INT64_MIN <= minor <= INT64_MAX:
        raise AmountOverflow("the amount is too large")
    return minor


def parse_amount(text: str, currency: str, *, field: str = "amount") -> int:
    """Minor units of a decimal string as JSON carries it (`"-12.5"`); `Invalid` names `field` otherwise."""
    if _EXPONENTS.get(currency, 2) == 2 and _USUAL.fullmatch(text):  # of statements and posts nearly every one
        return int(text.replace(".", ""))
    if len(text) > _LONGEST_TEXT or not _PLAIN.fullmatch(text):
        raise Invalid.field(field, "must be a decimal number such as -12.50")
    try:
        return minor_units(Decimal(text), currency)
    except ValueError as error:
        raise Invalid.field(field, str(error)) from None
