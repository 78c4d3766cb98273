"""The building a plan is made for, as plain facts."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from rooms.models import Building


@dataclass(frozen=True)
class Site:
    """The building and the order it stands under."""

    key: int
    name: str
    name_en: str
    address: str
    phone: str
    time_zone: str
    order_issuer: str
    order_date: date | None

    @classmethod
    def of(cls, building: Building) -> "Site":
        """What a plan says of its building."""
        return cls(
            key=building.pk,
            name=building.name,
            name_en=building.name_en,
            address=building.address,
            phone=building.phone,
            time_zone=building.time_zone,
            order_issuer=building.order_issuer,
            order_date=building.order_date,
        )

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def is_ordered(self) -> bool:
        """Whether it is entered who gave the order, and when."""
        return bool(self.order_issuer and self.order_date)
