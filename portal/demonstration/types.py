"""How the demonstration fills in every licence type of the catalogue: number, kind of holder, fields of the face."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from portal.demonstration.decisions import DECISIONS
from portal.demonstration.enterprises import ENTERPRISES
from portal.demonstration.products import CERTIFICATES, REGISTRATIONS
from portal.demonstration.type_plans import TypePlan

PLANS: Mapping[str, TypePlan] = MappingProxyType({**ENTERPRISES, **REGISTRATIONS, **CERTIFICATES, **DECISIONS})
