"""Windows and deadlines of the patterns, in one place. One from law is marked; the others are engineering choices."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from exchange.domain import due_times

WINDOWS: Final[Mapping[str, timedelta]] = MappingProxyType(
    {
        "p01.put_out": timedelta(days=7),
        "p01.again": timedelta(days=90),
        "p02.series": timedelta(days=90),
        "p04.onward": timedelta(days=731),  # 24 months
        "p05.onward": timedelta(days=731),
        "p07.remedy_period": timedelta(days=14),  # from law, by state; this is the default
        "p09.closed": timedelta(days=1096),  # 36 months
        "p11.encounter": timedelta(hours=72),
        "p13.air": timedelta(hours=72),
        "p13.land": timedelta(days=7),
        "p13.air_long": timedelta(hours=72) + timedelta(days=14),
        "p13.land_long": timedelta(days=7) + timedelta(days=14),
        "p14.registration": timedelta(days=10),  # working days; from law, by state; this is the default
        "p16.arrest": timedelta(hours=72),
        "p17.loop": timedelta(days=366),  # 12 months
        "p18.fresh": timedelta(days=366),  # 12 months
        "p21.registration": due_times.REGISTER,  # working days; from law, by state; this is the default
        "p22.hold": due_times.HOLD,
        "onward.documented": timedelta(days=366),
        "heard.claim": timedelta(days=30),
        "promise.fresh": timedelta(days=14),  # ten working days
    }
)
